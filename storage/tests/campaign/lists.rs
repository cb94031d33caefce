//! An organization's campaigns and lines.

use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::records::LineV1;
use uuid::Uuid;

use crate::story::{BEGIN, ORG, definition, save};

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
