//! No number is rung more often than the contact caps allow (I9).

use outdial_domain::attempt::{Attempt, AttemptState, Outcome};
use outdial_domain::step::PlaceOrder;
use outdial_domain::time::Millis;

use super::Ledger;
use crate::world::World;

impl Ledger {
    /// A request leaves for the carrier: of the attempts before it, all of which are durable, few enough may have
    /// rung lately, by the clock on the wall.
    pub(super) fn check_caps(world: &World, order: &PlaceOrder) {
        let may_have_rung = |attempt: &&Attempt| {
            let never = matches!(
                attempt.state,
                AttemptState::Refused(_) | AttemptState::Deferred | AttemptState::Withdrawn
            );
            attempt.to == order.to && attempt.id != order.attempt && !never
        };
        let settings = &world.settings;
        for law in &settings.laws {
            let Some(days) = law.days_after_conversation else {
                continue;
            };
            let since = world.clock() + Millis::seconds(-24 * 3600 * i64::from(days));
            let mut before = world.mirror.attempts.values().filter(may_have_rung);
            let lately = before.find(|attempt| {
                attempt.state == AttemptState::Ended(Outcome::Completed) && attempt.intended_at > since
            });
            assert_eq!(
                lately, None,
                "I9: {} is to be left in peace for {days} days",
                order.to
            );
        }
        let of_laws = settings.laws.iter().flat_map(|law| law.caps);
        for cap in settings.contact_caps.iter().chain(of_laws) {
            let since = world.clock() + Millis::seconds(-3600 * i64::from(cap.per_hours));
            let before = world.mirror.attempts.values().filter(may_have_rung);
            let lately = before.filter(|attempt| attempt.intended_at > since).count();
            assert!(
                lately < cap.max_attempts as usize,
                "I9: {} was rung {lately} times since {since}, and {cap:?} holds",
                order.to
            );
        }
    }
}
