//! New ids: UUIDv7, increasing within one mint.

use outdial_domain::ids::{AttemptId, Mint};
use outdial_domain::time::Timestamp;
use uuid::{ContextV7, Uuid};

/// A mint of UUIDv7 (RFC 9562, §5.7) with a counter, so that ids of one millisecond stay in order.
#[derive(Default)]
pub struct UuidMint(ContextV7);

impl UuidMint {
    /// A new id for whatever is made at `now`.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = now.millis().max(0) as u64;
        let nanos = (millis % 1000) as u32 * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.0, millis / 1000, nanos))
    }
}

impl Mint for UuidMint {
    fn attempt_id(&mut self, now: Timestamp) -> AttemptId {
        AttemptId(self.uuid(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_are_version_7_and_in_order() {
        let mut mint = UuidMint::default();
        let now = Timestamp::from_millis(1_793_000_000_123);
        let ids: Vec<AttemptId> = (0..1000).map(|_| mint.attempt_id(now)).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.0.get_version_num() == 7));
    }
}
