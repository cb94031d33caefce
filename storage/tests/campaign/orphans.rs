//! The audit of the whole store names every row that leads to nothing.

use outdial_domain::ids::{AttemptId, CampaignId, ImportId, LaneId, OrgId};
use outdial_storage::batch::Batch;
use outdial_storage::records::Rest;
use outdial_storage::{audit, keys};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, LINE, ORG, Story, Told, phone, place, save};
use crate::tampering::is_only;

const NOBODY: CampaignId = CampaignId(Uuid::from_u128(7));
const NO_ATTEMPT: AttemptId = AttemptId(Uuid::from_u128(8));

/// What the audit says of the whole store after somebody's work on its rows.
fn audited(tamper: impl FnOnce(&Told, &mut Batch)) -> Vec<String> {
    let (story, told) = Story::middle();
    let mut batch = Batch::new();
    tamper(&told, &mut batch);
    save(&story.store, batch);
    audit::store_differences(&story.store).unwrap()
}

#[test]
fn a_row_of_a_campaign_that_is_not_there() {
    let import = ImportId(Uuid::from_u128(9));
    let rows = [
        ("status", keys::progress(NOBODY)),
        ("lane", keys::lane(NOBODY, LaneId(0))),
        ("block", keys::block(NOBODY, LaneId(0), 0)),
        ("number", keys::number(NOBODY, phone(1))),
        ("number page", keys::number_page(NOBODY, 0, 0)),
        ("contact", keys::contact(NOBODY, place(0, 0, 0))),
        ("waiting", keys::waiting(NOBODY, BEGIN, place(0, 0, 0))),
        ("attempt", keys::attempt(NOBODY, NO_ATTEMPT)),
        ("live", keys::live(NOBODY, NO_ATTEMPT)),
        ("import", keys::import(NOBODY, import)),
        ("rejected", keys::rejected(NOBODY, import, 1)),
        ("rest", keys::rest(NOBODY)),
        ("runs", keys::runs(NOBODY)),
        ("config version", keys::config_version(NOBODY, 1)),
        ("awake", keys::awake(NOBODY)),
    ];
    for (name, key) in rows {
        is_only(
            &audited(|_, batch| batch.put(key, Vec::new())),
            &format!(
                "a {name} row is that of campaign {}, which is not there",
                NOBODY.0
            ),
        );
    }
}

#[test]
fn many_rows_of_a_campaign_that_is_not_there_are_named_once() {
    let differences = audited(|_, batch| {
        for n in 0..3000 {
            batch.put(keys::number(NOBODY, phone(n)), Vec::new());
        }
    });
    assert_eq!(differences.len(), 1, "{differences:?}");
}

#[test]
fn a_campaign_whose_configuration_row_was_removed() {
    let differences = audited(|_, batch| batch.delete(keys::definition(CAMPAIGN)));
    for table in [
        "status",
        "lane",
        "block",
        "number page",
        "contact",
        "waiting",
        "attempt",
        "live",
    ] {
        let expected = format!("a {table} row is that of campaign {CAMPAIGN}, which is not there");
        assert!(differences.contains(&expected), "{table}: {differences:#?}");
    }
}

#[test]
fn an_alarm_of_a_campaign_that_is_not_there() {
    is_only(
        &audited(|_, batch| batch.put(keys::alarm(BEGIN, NOBODY), ORG.0.as_bytes().to_vec())),
        &format!("an alarm row is that of campaign {NOBODY}, which is not there"),
    );
}

#[test]
fn a_stray_alarm_of_a_campaign_that_rests_otherwise() {
    let later = outdial_domain::time::Timestamp::from_millis(BEGIN.millis() + 60_000);
    for rest in [Rest::Awake, Rest::Asleep(None), Rest::Asleep(Some(later))] {
        let differences = audited(|_, batch| {
            batch.rest(ORG, CAMPAIGN, Rest::Asleep(None), rest);
            batch.put(keys::alarm(BEGIN, CAMPAIGN), ORG.0.as_bytes().to_vec());
        });
        is_only(
            &differences,
            &format!(
                "an alarm is set for 2026-07-01T13:00:00Z, until when campaign {CAMPAIGN} does not sleep"
            ),
        );
    }
}

#[test]
fn a_listing_of_a_campaign_that_is_not_there_or_belongs_to_another() {
    is_only(
        &audited(|_, batch| batch.put(keys::listing(ORG, NOBODY), Vec::new())),
        &format!(
            "the list of organization {} has campaign {}, which is not there",
            ORG.0, NOBODY.0
        ),
    );
    let other = OrgId(Uuid::from_u128(99));
    is_only(
        &audited(|_, batch| batch.put(keys::listing(other, CAMPAIGN), Vec::new())),
        &format!(
            "the list of organization {} has campaign {CAMPAIGN}, which belongs to another",
            other.0
        ),
    );
}

#[test]
fn a_row_of_the_attempt_index_that_leads_nowhere() {
    for campaign in [CAMPAIGN, NOBODY] {
        let differences = audited(|_, batch| {
            batch.put(keys::attempt_index(NO_ATTEMPT), campaign.0.as_bytes().to_vec());
        });
        is_only(
            &differences,
            &format!(
                "the attempt index leads from attempt {NO_ATTEMPT} to campaign {campaign}, which does not have it"
            ),
        );
    }
}

#[test]
fn a_call_that_leads_to_an_attempt_that_is_not_there() {
    let differences = audited(|_, batch| {
        batch.put(keys::provider_id(LINE, "CA77"), NO_ATTEMPT.0.as_bytes().to_vec());
    });
    is_only(
        &differences,
        &format!(
            "the index of carriers' calls leads from `CA77` to attempt {NO_ATTEMPT}, which is not there"
        ),
    );
}

#[test]
fn a_call_that_leads_to_an_attempt_with_another_call_or_none() {
    let (_, told) = Story::middle();
    for attempt in [told.reached, told.intended] {
        let differences = audited(|_, batch| {
            batch.put(keys::provider_id(LINE, "CA77"), attempt.0.as_bytes().to_vec());
        });
        is_only(
            &differences,
            &format!(
                "the index of carriers' calls leads from `CA77` to attempt {attempt}, which is not that call"
            ),
        );
    }
}

#[test]
fn rows_that_cannot_be_read_are_named_and_stop_nothing() {
    let differences = audited(|_, batch| {
        let tag = |key: Vec<u8>| vec![key[0], 1, 2];
        batch.put(tag(keys::rest(CAMPAIGN)), Vec::new());
        batch.put(tag(keys::alarm(BEGIN, CAMPAIGN)), Vec::new());
        batch.put(tag(keys::listing(ORG, CAMPAIGN)), Vec::new());
        batch.put(tag(keys::attempt_index(NO_ATTEMPT)), Vec::new());
        batch.put(tag(keys::provider_id(LINE, "CA1")), Vec::new());
    });
    assert_eq!(
        differences,
        [
            "a rest row has a key that is too short",
            "an alarm row has a key that cannot be read",
            "a listing row has a key that is too short",
            "a row of the attempt index holds no ids",
            "a row of the index of carriers' calls holds no ids",
        ]
    );
}
