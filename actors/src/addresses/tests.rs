#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use outdial_storage::batch::Batch;
use outdial_storage::keys;
use outdial_storage::memory::MemoryStore;
use outdial_storage::records::{Source, SuppressionListV1, SuppressionV1};
use uuid::Uuid;

use super::*;

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
        now: NOW,
    };
    addresses.standing(phone(n), None)
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
