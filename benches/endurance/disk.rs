//! What an attempt costs on disk, and whether that comes back.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use outdial::storage::disk_use::DiskUse;
use reqwest::Method;
use serde_json::Value;

use crate::common::Service;
use crate::samples::{Sample, look_on, memory_mb, sample};
use crate::stage::Stage;

/// What became of the data directory over some attempts.
pub struct Phase {
    pub what: &'static str,
    pub attempts: u64,
    pub before_mb: f64,
    pub after_mb: f64,
}

impl Phase {
    fn between(what: &'static str, before: Sample, after: Sample) -> Self {
        Self {
            what,
            attempts: after.attempts - before.attempts,
            before_mb: before.disk_mb,
            after_mb: after.disk_mb,
        }
    }

    pub fn per_attempt(&self) -> Option<f64> {
        (self.attempts > 0).then(|| (self.after_mb - self.before_mb) * 1e6 / self.attempts as f64)
    }
}

/// Campaigns deleted as they complete; kept; all deleted; and deleted as they complete again.
pub async fn disk(stage: &Arc<Stage>, home: &Arc<Path>, samples: &[Sample], behind: usize) -> [Phase; 4] {
    let data = home.join("data");
    let begun = Instant::now();
    let now = || sample(stage, &data, begun);
    let warm = samples[samples.len() / 5];
    let begin = now();
    stage.deletes.store(false, Ordering::Relaxed);
    look_on(stage, home, behind, None).await;
    let kept = now();
    stage.deletes.store(true, Ordering::Relaxed);
    let campaigns = std::mem::take(&mut *stage.kept.lock().unwrap());
    for path in campaigns {
        stage.service.ask(Method::DELETE, &path, &Value::Null).await;
    }
    // The rows go a few at a time.
    tokio::time::sleep(Duration::from_secs(behind.min(10) as u64)).await;
    let deleted = now();
    look_on(stage, home, behind, None).await;
    [
        Phase::between("campaigns deleted as they complete", warm, begin),
        Phase::between("campaigns kept", begin, kept),
        Phase::between("those deleted", kept, deleted),
        Phase::between("campaigns deleted as they complete", deleted, now()),
    ]
}

/// Every figure of the store is right; then it is opened by another life of the service: MB in memory, and on disk
/// after that.
pub fn verified_and_opened(home: &Path, settings: &[(&str, &str)]) -> (f64, f64) {
    let data = home.join("data");
    outdial(&data, &["verify"]);
    let service = Service::start_with(&data, settings);
    let memory_mb = memory_mb(&service);
    service.kill();
    (memory_mb, taken_mb(&data))
}

/// The data directory backed up, and restored into an empty one: MB on disk after that.
pub fn restored(home: &Path) -> f64 {
    let (file, again) = (home.join("backup"), home.join("again"));
    let file = file.to_str().unwrap();
    outdial(&home.join("data"), &["backup", file]);
    outdial(&again, &["restore", file]);
    taken_mb(&again)
}

fn outdial(data: &Path, arguments: &[&str]) {
    let ended = Command::new(env!("CARGO_BIN_EXE_outdial"))
        .args(arguments)
        .env("OUTDIAL_DATA_DIR", data)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

pub fn taken_mb(data: &Path) -> f64 {
    DiskUse::of(data)
        .taken
        .map_or(f64::NAN, |bytes| bytes as f64 / 1e6)
}
