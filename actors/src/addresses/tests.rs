#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use outdial_domain::ids::CampaignId;
use outdial_domain::step::Write;
use outdial_domain::time::Millis;
use outdial_storage::batch::Batch;
use outdial_storage::keys;
use outdial_storage::memory::MemoryStore;
use outdial_storage::records::{Source, SuppressionListV1, SuppressionV1, TriedV1, encode};
use uuid::Uuid;

use super::*;
use crate::registry::Origin;

const ORG: OrgId = OrgId(Uuid::from_u128(1));
const LIST: SuppressionListId = SuppressionListId(Uuid::from_u128(9));
const NOW: Timestamp = Timestamp::from_millis(1_782_910_800_000);

fn phone(n: u64) -> PhoneNumber {
    PhoneNumber::from_digits(12_025_550_100 + n).unwrap()
}

/// A store with a list called Left, and one number on it, or on the organization's.
fn store_with(list: SuppressionListId, note: &str, expires_at: Option<i64>) -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    let named = SuppressionListV1 {
        name: "Left".to_owned(),
        description: String::new(),
        default_region: "US".to_owned(),
        created_at: Some(0),
    };
    batch.suppression_list(ORG, LIST, &named);
    let entry = SuppressionV1 {
        source: Source::List as u8,
        note: note.to_owned(),
        added_at: NOW.millis() - 1000,
        expires_at,
    };
    batch.suppress(ORG, list, phone(1), &entry);
    save(&store, batch);
    store
}

fn save(store: &MemoryStore, batch: Batch) {
    store.commit(1, batch).wait().unwrap();
}

fn standing(store: &MemoryStore, lists: &[SuppressionListId], n: u64) -> Standing {
    let addresses = StoredAddresses {
        store,
        registry: &Registry::default(),
        org: ORG,
        lists,
    };
    addresses.standing(phone(n), None, NOW)
}

fn suppressed(reason: &str) -> Standing {
    Standing::Suppressed(format!("suppressed since 2026-07-01T12:59:59{reason}"))
}

#[test]
fn a_list_is_heeded_by_those_who_name_it_and_the_reason_says_which() {
    let store = store_with(LIST, "moved away", None);
    let reason = suppressed("Z: moved away, on the do-not-call list `Left`");
    assert_eq!(standing(&store, &[LIST], 1), reason);
    assert_eq!(standing(&store, &[LIST], 2), Standing::Free);
    assert_eq!(standing(&store, &[], 1), Standing::Free);
    let other = SuppressionListId(Uuid::from_u128(8));
    assert_eq!(standing(&store, &[other], 1), Standing::Free);
    assert_eq!(standing(&store, &[other, LIST], 1), reason);
}

#[test]
fn the_organizations_list_is_heeded_by_everybody() {
    let store = store_with(SuppressionListId::ORGANIZATION, "", None);
    let reason = suppressed("Z, on the organization's do-not-call list");
    for lists in [&[][..], &[LIST], &[SuppressionListId::ORGANIZATION]] {
        assert_eq!(standing(&store, lists, 1), reason);
    }
}

#[test]
fn an_entry_holds_until_it_expires_and_no_longer() {
    let millis = NOW.millis();
    for (expires_at, holds) in [(millis - 1, false), (millis, false), (millis + 1, true)] {
        for list in [LIST, SuppressionListId::ORGANIZATION] {
            let store = store_with(list, "", Some(expires_at));
            let is_free = standing(&store, &[LIST], 1) == Standing::Free;
            assert_eq!(is_free, !holds, "{expires_at}");
        }
    }
}

#[test]
fn a_list_that_was_deleted_suppresses_nobody_though_its_rows_are_still_there() {
    let store = store_with(LIST, "", None);
    let mut batch = Batch::new();
    batch.delete(keys::suppression_list(ORG, LIST));
    save(&store, batch);
    assert_eq!(standing(&store, &[LIST], 1), Standing::Free);
}

fn attempt(n: u128) -> AttemptId {
    AttemptId(Uuid::from_u128(100 + n))
}

/// Hours before now.
fn past(hours: i64, was_conversation: bool) -> Past {
    Past {
        at: NOW + Millis::seconds(-3600 * hours),
        was_conversation,
    }
}

/// What is known of the first number, newest first, where this is durable of its attempts, and that is decided.
fn known(
    durable: &[(u128, Option<Past>)],
    decided: &[(u128, Option<Past>)],
    own: Option<AttemptId>,
    hours: i64,
) -> Vec<Past> {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    for (n, past) in durable {
        let record = TriedV1::from(past.unwrap());
        batch.put(keys::tried(ORG, phone(1), attempt(*n)), encode(&record));
    }
    save(&store, batch);
    let mut registry = Registry::default();
    let from = Origin {
        epoch: 0,
        org: ORG,
        campaign: CampaignId(Uuid::from_u128(2)),
        commit: 1,
    };
    for (n, past) in decided {
        let write = Write::Tried {
            phone: phone(1),
            attempt: attempt(*n),
            past: *past,
        };
        registry.follow(from, &write);
    }
    let addresses = StoredAddresses {
        store: &store,
        registry: &registry,
        org: ORG,
        lists: &[],
    };
    let since = NOW + Millis::seconds(-3600 * hours);
    let mut known = addresses.tried(phone(1), own, since).unwrap();
    known.sort_by_key(|past| std::cmp::Reverse(past.at));
    known
}

#[test]
fn of_earlier_attempts_all_counts_that_is_durable_or_decided_and_no_more() {
    let stored = [
        (1, Some(past(5, false))),
        (2, Some(past(4, false))),
        (3, Some(past(3, false))),
    ];
    assert_eq!(known(&stored, &[], None, 4), [past(3, false), past(4, false)]);
    let decided = [(2, Some(past(4, true))), (3, None), (4, Some(past(1, false)))];
    let expected = [past(1, false), past(4, true), past(5, false)];
    assert_eq!(known(&stored, &decided, None, 9), expected);
    assert_eq!(known(&[], &decided, None, 9), expected[..2]);
}

#[test]
fn an_attempt_does_not_count_against_itself_durable_or_not() {
    let two = [(1, Some(past(2, false))), (2, Some(past(1, false)))];
    for (durable, decided) in [(&two[..], &[][..]), (&[], &two), (&two, &two)] {
        assert_eq!(known(durable, decided, Some(attempt(2)), 9), [past(2, false)]);
        assert_eq!(known(durable, decided, Some(attempt(1)), 9), [past(1, false)]);
    }
}

#[test]
fn what_was_decided_of_an_attempt_long_ago_is_asked_for_no_more_than_what_is_durable() {
    let late = [(1, Some(past(6, true)))];
    assert_eq!(known(&late, &late, None, 5), []);
    assert_eq!(known(&late, &late, None, 6), [past(6, true)]);
}
