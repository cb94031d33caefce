//! Whether a campaign must be woken after a restart, and when its alarm goes off.

use outdial_domain::ids::CampaignId;
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::records::Rest;
use uuid::Uuid;

use crate::story::{CAMPAIGN, ORG, save};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn turn(store: &MemoryStore, campaign: CampaignId, before: Rest, after: Rest) {
    let mut batch = Batch::new();
    batch.rest(ORG, campaign, before, after);
    save(store, batch);
}

#[test]
fn a_campaign_that_never_woke_sleeps_without_an_alarm() {
    let store = MemoryStore::durable();
    assert_eq!(read::rest(&store, CAMPAIGN), Ok(Rest::Asleep(None)));
    assert_eq!(read::awake(&store), Ok(vec![]));
    assert_eq!(read::alarms(&store, None, 10), Ok(vec![]));
}

#[test]
fn a_campaign_is_listed_as_it_rests_and_nowhere_else() {
    let store = MemoryStore::durable();
    let rests = [
        Rest::Awake,
        Rest::Asleep(Some(at(500))),
        Rest::Asleep(Some(at(900))),
        Rest::Awake,
        Rest::Awake,
        Rest::Asleep(None),
        Rest::Asleep(Some(at(100))),
        Rest::Asleep(Some(at(100))),
        Rest::Asleep(None),
    ];
    let mut before = Rest::Asleep(None);
    for after in rests {
        turn(&store, CAMPAIGN, before, after);
        assert_eq!(read::rest(&store, CAMPAIGN), Ok(after));
        let (awake, alarms) = match after {
            Rest::Awake => (vec![(CAMPAIGN, ORG)], vec![]),
            Rest::Asleep(Some(alarm)) => (vec![], vec![(alarm, CAMPAIGN, ORG)]),
            Rest::Asleep(None) => (vec![], vec![]),
        };
        assert_eq!(read::awake(&store), Ok(awake), "{before:?} to {after:?}");
        assert_eq!(
            read::alarms(&store, None, 10),
            Ok(alarms),
            "{before:?} to {after:?}"
        );
        before = after;
    }
}

#[test]
fn the_earliest_alarms_come_first_and_no_more_than_asked_for() {
    let store = MemoryStore::durable();
    let campaign = |n| CampaignId(Uuid::from_u128(n));
    let alarms = [
        (1, at(700)),
        (2, at(-5)),
        (3, at(i64::MAX)),
        (4, at(0)),
        (5, at(700)),
    ];
    for (n, alarm) in alarms {
        turn(&store, campaign(n), Rest::Asleep(None), Rest::Asleep(Some(alarm)));
    }
    turn(&store, campaign(6), Rest::Asleep(None), Rest::Awake);
    let order = |last, limit| -> Vec<_> {
        let alarms = read::alarms(&store, last, limit).unwrap();
        alarms.into_iter().map(|(_, campaign, _)| campaign).collect()
    };
    assert_eq!(order(None, 10), [2, 4, 1, 5, 3].map(campaign));
    assert_eq!(order(None, 2), [2, 4].map(campaign));
    assert_eq!(order(Some((at(700), campaign(1))), 10), [5, 3].map(campaign));
}

#[test]
fn all_that_are_awake_are_found_with_their_organizations() {
    let store = MemoryStore::durable();
    let campaigns: Vec<_> = (0..3000).map(|n| CampaignId(Uuid::from_u128(n))).collect();
    for campaign in &campaigns {
        turn(&store, *campaign, Rest::Asleep(None), Rest::Awake);
    }
    let awake = read::awake(&store).unwrap();
    assert!(
        awake
            .into_iter()
            .eq(campaigns.into_iter().map(|campaign| (campaign, ORG)))
    );
}
