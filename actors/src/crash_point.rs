//! Named moments at which a test can have the process die as by `kill -9`: nothing is flushed, nothing
//! dropped, nobody told.
//!
//! `OUTDIAL_CRASH_AT=intent-committed:3` dies the third time that an intent has become durable. Only
//! builds with debug assertions look at it: a release build has no such moments.

use crate::engine::Effect;

/// A moment that a crash must not spoil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// An intent is durable; nothing has been asked of the carrier.
    IntentCommitted,
    /// The carrier has been asked, and has not answered.
    RequestSent,
    /// The carrier has answered; nothing has been made of it.
    ResponseReceived,
    /// What the carrier answered is durable.
    ResultCommitted,
    /// A callback is durable; the carrier has not been told so.
    CallbackCommitted,
    /// A pause has been acknowledged.
    PauseAcknowledged,
    /// The end of a run is durable; nobody has been told.
    RunCompleted,
}

impl CrashPoint {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IntentCommitted,
        Self::RequestSent,
        Self::ResponseReceived,
        Self::ResultCommitted,
        Self::CallbackCommitted,
        Self::PauseAcknowledged,
        Self::RunCompleted,
    ];

    /// The moment's name in `OUTDIAL_CRASH_AT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::IntentCommitted => "intent-committed",
            Self::RequestSent => "request-sent",
            Self::ResponseReceived => "response-received",
            Self::ResultCommitted => "result-committed",
            Self::CallbackCommitted => "callback-committed",
            Self::PauseAcknowledged => "pause-acknowledged",
            Self::RunCompleted => "run-completed",
        }
    }
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use outdial_domain::attempt::AttemptState;
    use outdial_domain::lifecycle::Status;
    use outdial_domain::step::{Event, Reply};

    use super::{CrashPoint, Effect};

    /// What is on its way out of the process leaves within this.
    const SOON: Duration = Duration::from_millis(300);

    struct Armed {
        name: String,
        left: AtomicU32,
    }

    fn armed() -> Option<&'static Armed> {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let armed = ARMED.get_or_init(|| {
            let order = std::env::var("OUTDIAL_CRASH_AT").ok()?;
            let (name, times) = order.split_once(':').unwrap_or((&order, "1"));
            let left = AtomicU32::new(times.parse().unwrap_or(1));
            Some(Armed {
                name: name.to_owned(),
                left,
            })
        });
        armed.as_ref()
    }

    fn is_due(point: CrashPoint) -> bool {
        armed().is_some_and(|armed| {
            armed.name == point.name() && armed.left.fetch_sub(1, Ordering::Relaxed) == 1
        })
    }

    /// Dies, if it is time to.
    pub fn reached(point: CrashPoint) {
        if is_due(point) {
            std::process::abort();
        }
    }

    /// Dies in a moment, if it is time to: once what is on its way out has left.
    pub fn soon(point: CrashPoint) {
        if is_due(point) {
            std::thread::spawn(|| {
                std::thread::sleep(SOON);
                std::process::abort();
            });
        }
    }

    /// Dies before what is durable by now is told, if it is time to.
    pub fn at_effect<R>(effect: &Effect<R>) {
        match effect {
            Effect::Tell(Event::Attempt {
                state: AttemptState::Placed,
                ..
            }) => reached(CrashPoint::ResultCommitted),
            Effect::Tell(Event::Campaign {
                status: Status::Completed,
                ..
            }) => reached(CrashPoint::RunCompleted),
            Effect::Reply(_, Ok(Reply::Noted)) => reached(CrashPoint::CallbackCommitted),
            _ => {}
        }
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    use super::{CrashPoint, Effect};

    pub fn reached(_: CrashPoint) {}
    pub fn soon(_: CrashPoint) {}
    pub fn at_effect<R>(_: &Effect<R>) {}
}

pub(crate) use armed::{at_effect, reached, soon};
