//! An organization's campaigns, lines, voice profiles and numbers not to be rung.

use outdial_domain::ids::{CampaignId, OrgId, SuppressionListId, VoiceProfileId};
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::voice::VoiceProfile;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::records::{LineV1, Source, SuppressionListV1, SuppressionV1};
use uuid::Uuid;

use crate::story::{BEGIN, ORG, definition, phone, save};

const OTHER_ORG: OrgId = OrgId(Uuid::from_u128(0x0198_f3a0_0000_7000_8000_0000_0000_0099));

fn campaign(n: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(n))
}

fn with_campaigns() -> MemoryStore {
    let store = MemoryStore::durable();
    for (n, org) in [
        (1, ORG),
        (2, OTHER_ORG),
        (3, ORG),
        (4, ORG),
        (5, OTHER_ORG),
        (6, ORG),
    ] {
        let mut batch = Batch::new();
        let definition = Definition {
            id: campaign(n),
            org,
            ..definition()
        };
        batch.create(&definition, &Progress::new(BEGIN));
        save(&store, batch);
    }
    store
}

#[test]
fn an_organizations_campaigns_come_newest_first() {
    let store = with_campaigns();
    let of_one = read::campaigns(&store, ORG, None, 10).unwrap();
    assert_eq!(of_one, [6, 4, 3, 1].map(campaign));
    let of_the_other = read::campaigns(&store, OTHER_ORG, None, 10).unwrap();
    assert_eq!(of_the_other, [5, 2].map(campaign));
}

#[test]
fn campaigns_come_by_the_page() {
    let store = with_campaigns();
    let page = |last| read::campaigns(&store, ORG, last, 2).unwrap();
    assert_eq!(page(None), [6, 4].map(campaign));
    assert_eq!(page(Some(campaign(4))), [3, 1].map(campaign));
    assert_eq!(page(Some(campaign(1))), []);
}

#[test]
fn every_line_reads_back_and_the_last_word_on_it_counts() {
    let store = MemoryStore::durable();
    let line = |n: u128, org: OrgId, name: &str| LineV1 {
        id: Uuid::from_u128(n),
        org: org.0,
        name: name.to_owned(),
        kind: "simulated".to_owned(),
        account_sid: "AC1".to_owned(),
        sealed: vec![1, 2, 3],
        caller_ids: vec![12_025_550_100],
        calls_per_second: 0.5,
        max_concurrent: None,
        api_base_url: None,
        created_at: BEGIN.millis(),
    };
    let mut batch = Batch::new();
    batch.line(&line(1, ORG, "first"));
    batch.line(&line(2, OTHER_ORG, "second"));
    batch.line(&line(1, ORG, "renamed"));
    save(&store, batch);
    let lines = read::lines(&store).unwrap();
    assert_eq!(lines, [line(1, ORG, "renamed"), line(2, OTHER_ORG, "second")]);
}

fn profile(name: &str) -> VoiceProfile {
    VoiceProfile {
        name: name.to_owned(),
        ..VoiceProfile::default()
    }
}

fn profile_id(n: u128) -> VoiceProfileId {
    VoiceProfileId(Uuid::from_u128(n))
}

fn with_profiles() -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    batch.voice_profile(ORG, profile_id(3), &profile("third"));
    batch.voice_profile(OTHER_ORG, profile_id(2), &profile("second"));
    batch.voice_profile(ORG, profile_id(1), &profile("first"));
    batch.voice_profile(ORG, profile_id(4), &profile("fourth"));
    batch.voice_profile(ORG, profile_id(3), &profile("renamed"));
    save(&store, batch);
    store
}

#[test]
fn a_voice_profile_is_found_in_its_own_organization_as_it_was_last_saved() {
    let store = with_profiles();
    let found = |org, n| read::voice_profile(&store, org, profile_id(n)).unwrap();
    assert_eq!(found(ORG, 3), Some(profile("renamed")));
    assert_eq!(found(OTHER_ORG, 3), None);
    assert_eq!(found(OTHER_ORG, 2), Some(profile("second")));
}

#[test]
fn voice_profiles_come_by_the_page_oldest_first() {
    let store = with_profiles();
    let page = |last| read::voice_profiles(&store, ORG, last, 2).unwrap();
    let [first, third, fourth] =
        [(1, "first"), (3, "renamed"), (4, "fourth")].map(|(n, name)| (profile_id(n), profile(name)));
    assert_eq!(page(None), [first, third]);
    assert_eq!(page(Some(profile_id(3))), [fourth]);
    assert_eq!(page(Some(profile_id(4))), []);
}

#[test]
fn a_number_is_suppressed_by_the_list_it_is_on_and_by_no_other() {
    let store = MemoryStore::durable();
    let asked = SuppressionV1 {
        source: Source::Person as u8,
        note: "STOP".to_owned(),
        added_at: BEGIN.millis(),
        expires_at: None,
    };
    let own = SuppressionListId(Uuid::from_u128(9));
    let mut batch = Batch::new();
    batch.suppress(ORG, SuppressionListId::ORGANIZATION, phone(1), &asked);
    save(&store, batch);
    let why = |org, list, n| read::suppression(&store, org, list, phone(n)).unwrap();
    assert_eq!(why(ORG, SuppressionListId::ORGANIZATION, 1), Some(asked));
    assert_eq!(why(ORG, SuppressionListId::ORGANIZATION, 2), None);
    assert_eq!(why(ORG, own, 1), None);
    assert_eq!(why(OTHER_ORG, SuppressionListId::ORGANIZATION, 1), None);
}

#[test]
fn the_numbers_of_a_list_are_read_page_by_page_and_its_neighbours_are_not() {
    let store = MemoryStore::durable();
    let entry = SuppressionV1 {
        source: Source::List as u8,
        note: String::new(),
        added_at: BEGIN.millis(),
        expires_at: None,
    };
    let list = |n| SuppressionListId(Uuid::from_u128(n));
    let mut batch = Batch::new();
    for n in [3, 1, 2] {
        batch.suppress(ORG, list(9), phone(n), &entry);
    }
    batch.suppress(ORG, list(8), phone(4), &entry);
    batch.suppress(ORG, list(10), phone(5), &entry);
    batch.suppress(OTHER_ORG, list(9), phone(6), &entry);
    save(&store, batch);
    let page = |last: Option<u64>, limit| {
        let rows = read::suppressions(&store, ORG, list(9), last.map(phone), limit).unwrap();
        rows.into_iter().map(|(number, _)| number).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2), [phone(1), phone(2)]);
    assert_eq!(page(Some(2), 2), [phone(3)]);
    assert_eq!(page(Some(3), 2), []);
}

#[test]
fn an_organization_has_its_own_do_not_call_lists() {
    let store = MemoryStore::durable();
    let named = |name: &str| SuppressionListV1 {
        name: name.to_owned(),
        description: String::new(),
        default_region: "US".to_owned(),
        created_at: Some(BEGIN.millis()),
    };
    let list = |n| SuppressionListId(Uuid::from_u128(n));
    let mut batch = Batch::new();
    batch.suppression_list(ORG, list(2), &named("second"));
    batch.suppression_list(ORG, list(1), &named("first"));
    batch.suppression_list(OTHER_ORG, list(3), &named("theirs"));
    save(&store, batch);
    let lists = read::suppression_lists(&store, ORG).unwrap();
    assert_eq!(lists, [(list(1), named("first")), (list(2), named("second"))]);
    assert_eq!(read::suppression_list(&store, ORG, list(3)).unwrap(), None);
}
