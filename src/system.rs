//! How the installation does, put together from whoever measures.

use outdial_storage::disk_use::DiskUse;

use crate::keeping::STORE;
use crate::orchestrator::Orchestrator;
use crate::view::{SystemState, SystemView, system_view};

impl Orchestrator {
    /// How the installation does now. Asks the disk, so it blocks the thread for a moment.
    pub(crate) fn system(&self) -> SystemView {
        let inner = &self.inner;
        let directory = inner.home.join(STORE);
        let (started_at, started) = inner.started;
        let shown = directory.canonicalize().unwrap_or_else(|_| directory.clone());
        system_view(SystemState {
            started_at,
            uptime: started.elapsed(),
            readiness: self.readiness(),
            // A store that cannot be read is not ready, which says why.
            held: self.held().ok().flatten(),
            demo: inner.demo.is_some(),
            store_path: shown.display().to_string(),
            disk: DiskUse::of(&directory),
            stored: inner.sled.figures(),
            at_work: inner.handle.figures(),
            event_streams: inner.hub.watchers() as u64,
        })
    }
}
