//! What time it is: the wall clock, or whatever a test says.

use outdial_domain::time::Timestamp;

/// A clock that actors ask. It may jump, as wall clocks do: nothing is measured by it that a jump
/// could make wrong for longer than a minute.
pub trait Clock: Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A machine that believes it is before 1970 gets its calls refused by every calling window.
        Timestamp::from_millis(since_epoch.map_or(0, |span| span.as_millis() as i64))
    }
}
