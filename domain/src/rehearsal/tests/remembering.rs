//! What the overlay says of earlier attempts, beside what is stored.

use std::collections::HashSet;

use uuid::Uuid;

use super::world::{NEW_YORK, World, at, plain};
use crate::address::Addresses;
use crate::caps::Past;
use crate::ids::AttemptId;
use crate::rehearsal::overlay::Overlay;

#[test]
fn what_a_rehearsal_learns_of_an_attempt_goes_over_what_is_stored_of_it() {
    let noon = at("2026-07-01T12:00:00Z");
    let mut world = World::draft(plain(), noon);
    let phone = world.add(1, &[NEW_YORK], None);
    let attempt = |n| AttemptId(Uuid::from_u128(n));
    let silent = Past {
        at: noon,
        was_conversation: false,
    };
    let spoken = Past {
        was_conversation: true,
        ..silent
    };
    world.tried.push((phone, attempt(1), silent));
    let mut overlay = Overlay::new(&world, Vec::new(), HashSet::new(), 1, 1, noon);
    overlay.remember_tries();
    let tried = |overlay: &Overlay<'_>, own| overlay.tried(phone, own, noon).unwrap();
    assert_eq!(tried(&overlay, None), [silent]);
    overlay.keep_try(phone, attempt(1), Some(spoken));
    assert_eq!(tried(&overlay, None), [spoken]);
    overlay.keep_try(phone, attempt(2), Some(silent));
    assert_eq!(tried(&overlay, Some(attempt(1))), [silent]);
    assert_eq!(tried(&overlay, Some(attempt(2))), [spoken]);
    overlay.keep_try(phone, attempt(1), None);
    assert_eq!(tried(&overlay, None), [silent]);
    assert_eq!(
        overlay.tried(phone, None, at("2026-07-01T12:00:01Z")),
        Some(Vec::new())
    );
}
