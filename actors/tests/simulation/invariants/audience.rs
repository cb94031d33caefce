//! Whom the audience leaves out is skipped and never called; nobody else is left out.

use outdial_domain::contact::ContactStatus;
use outdial_domain::phone::PhoneNumber;

use super::Ledger;
use crate::rules;
use crate::world::World;

impl World {
    /// Whether the campaign is about this number.
    pub fn is_for(&self, number: PhoneNumber) -> bool {
        self.settings.audience.is_none() || rules::belongs(number.digits())
    }
}

impl Ledger {
    pub(super) fn check_audience(world: &World) {
        for (contact, number) in &world.mirror.numbers {
            let lane = &world.mirror.lanes[&contact.lane];
            let is_in = world.is_for(*number);
            assert_eq!(is_in, !lane.left_out, "{number} is left out, or is not: {lane:?}");
            let standing = world.mirror.standing(*contact);
            assert!(
                is_in || standing == ContactStatus::Skipped,
                "{number} is left out, and {standing:?}"
            );
        }
    }
}
