#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use outdial_domain::time::Timestamp;
use outdial_storage::memory::MemoryStore;
use uuid::Uuid;

use super::*;

const EPOCH: u32 = 3;
const ORG: OrgId = OrgId(Uuid::from_u128(1));
const ONE: CampaignId = CampaignId(Uuid::from_u128(2));
const OTHER: CampaignId = CampaignId(Uuid::from_u128(3));

fn registry() -> Registry {
    Registry {
        epoch: EPOCH,
        ..Registry::default()
    }
}

fn phone(n: u64) -> PhoneNumber {
    PhoneNumber::from_digits(12_025_550_100 + n).unwrap()
}

fn attempt(n: u128) -> AttemptId {
    AttemptId(Uuid::from_u128(100 + n))
}

fn past(n: i64) -> Option<Past> {
    Some(Past {
        at: Timestamp::from_millis(n),
        was_conversation: false,
    })
}

fn from(campaign: CampaignId, commit: u64) -> Origin {
    Origin {
        epoch: EPOCH,
        org: ORG,
        campaign,
        commit,
    }
}

fn tried(number: u64, attempt: AttemptId, past: Option<Past>) -> Write {
    Write::Tried {
        phone: phone(number),
        attempt,
        past,
    }
}

fn known(registry: &Registry, number: u64) -> Vec<(AttemptId, Option<Past>)> {
    registry.tried(ORG, phone(number)).collect()
}

fn is_empty(registry: &Registry) -> bool {
    registry.undurable.is_empty()
}

#[test]
fn what_was_decided_of_a_number_is_known_until_its_commit_has_settled() {
    let mut registry = registry();
    registry.follow(from(ONE, 1), &tried(1, attempt(1), past(10)));
    registry.follow(from(ONE, 2), &tried(1, attempt(2), past(20)));
    registry.follow(from(ONE, 2), &tried(2, attempt(3), None));
    assert_eq!(
        known(&registry, 1),
        [(attempt(1), past(10)), (attempt(2), past(20))]
    );
    assert_eq!(known(&registry, 2), [(attempt(3), None)]);
    assert_eq!(known(&registry, 3), []);
    registry.settled(EPOCH, ONE, 1);
    assert_eq!(known(&registry, 1), [(attempt(2), past(20))]);
    registry.settled(EPOCH, ONE, 2);
    assert!(is_empty(&registry));
}

#[test]
fn a_commit_settles_those_before_it_and_none_of_another_campaign() {
    let mut registry = registry();
    for commit in 1..=3 {
        registry.follow(from(ONE, commit), &tried(1, attempt(commit.into()), past(1)));
    }
    registry.follow(from(OTHER, 1), &tried(1, attempt(9), past(9)));
    registry.settled(EPOCH, ONE, 2);
    assert_eq!(
        known(&registry, 1),
        [(attempt(3), past(1)), (attempt(9), past(9))]
    );
}

#[test]
fn the_last_decision_on_an_attempt_counts_and_waits_for_its_own_commit() {
    let mut registry = registry();
    registry.follow(from(ONE, 1), &tried(1, attempt(1), past(10)));
    registry.follow(from(ONE, 4), &tried(1, attempt(1), None));
    assert_eq!(known(&registry, 1), [(attempt(1), None)]);
    registry.settled(EPOCH, ONE, 3);
    assert_eq!(known(&registry, 1), [(attempt(1), None)]);
    registry.settled(EPOCH, ONE, 4);
    assert!(is_empty(&registry));
}

#[test]
fn another_organization_knows_nothing_of_it() {
    let mut registry = registry();
    registry.follow(from(ONE, 1), &tried(1, attempt(1), past(10)));
    let elsewhere = OrgId(Uuid::from_u128(7));
    assert_eq!(registry.tried(elsewhere, phone(1)).count(), 0);
}

#[test]
fn a_campaign_that_fell_takes_what_it_had_decided_with_it_and_nothing_else() {
    let store = MemoryStore::durable();
    let mut registry = registry();
    registry.follow(from(ONE, 7), &tried(1, attempt(1), past(10)));
    registry.follow(from(OTHER, 7), &tried(1, attempt(2), past(20)));
    registry.load(&store, ORG, ONE).unwrap();
    assert_eq!(known(&registry, 1), [(attempt(2), past(20))]);
    // The next life counts its commits from the beginning.
    registry.follow(from(ONE, 1), &tried(1, attempt(3), past(30)));
    registry.settled(EPOCH, ONE, 1);
    registry.settled(EPOCH, OTHER, 7);
    assert!(is_empty(&registry));
}

#[test]
fn of_engines_of_an_earlier_epoch_nothing_is_heard_any_more() {
    let store = MemoryStore::durable();
    let mut registry = registry();
    registry.follow(from(ONE, 1), &tried(1, attempt(1), past(10)));
    registry.rebuild(&store, EPOCH + 1, |_| true).unwrap();
    assert!(is_empty(&registry));
    registry.follow(from(ONE, 2), &tried(1, attempt(2), past(20)));
    assert!(is_empty(&registry));
    let now = Origin {
        epoch: EPOCH + 1,
        ..from(ONE, 1)
    };
    registry.follow(now, &tried(1, attempt(3), past(30)));
    registry.settled(EPOCH, ONE, 1);
    assert_eq!(known(&registry, 1), [(attempt(3), past(30))]);
}
