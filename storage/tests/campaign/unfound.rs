//! The audit names what would keep a campaign, a contact or a call from being found, or have it found wrongly.

use outdial_domain::ids::{LaneId, OrgId};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::keys;
use outdial_storage::records::Rest;
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, LINE, ORG, Story, definition, phone, place};
use crate::tampering::{audited, is_only};

const OTHER: OrgId = OrgId(Uuid::from_u128(99));

/// What the audit says of a campaign that rests so after somebody's work on its rows.
fn resting(rest: Rest, tamper: impl FnOnce(&mut Batch)) -> Vec<String> {
    audited(|_, _, batch| {
        batch.rest(ORG, CAMPAIGN, Rest::Asleep(None), rest);
        tamper(batch);
    })
}

#[test]
fn an_awake_row_that_was_removed() {
    is_only(
        &resting(Rest::Awake, |batch| batch.delete(keys::awake(CAMPAIGN))),
        "the campaign is awake, and no row says so to whoever starts next",
    );
}

#[test]
fn an_awake_row_of_a_campaign_that_sleeps() {
    for alarm in [None, Some(BEGIN)] {
        let differences = resting(Rest::Asleep(alarm), |batch| {
            batch.put(keys::awake(CAMPAIGN), ORG.0.as_bytes().to_vec());
        });
        is_only(
            &differences,
            "the campaign sleeps, and a row says that it is awake",
        );
    }
}

#[test]
fn an_alarm_that_was_removed_or_set_for_another_instant() {
    let expected = "the campaign sleeps until 2026-07-01T13:00:00Z, and no alarm is set for then";
    let removed = resting(Rest::Asleep(Some(BEGIN)), |batch| {
        batch.delete(keys::alarm(BEGIN, CAMPAIGN));
    });
    is_only(&removed, expected);
    let moved = resting(Rest::Asleep(Some(BEGIN)), |batch| {
        batch.delete(keys::alarm(BEGIN, CAMPAIGN));
        let later = Timestamp::from_millis(BEGIN.millis() + 1);
        batch.put(keys::alarm(later, CAMPAIGN), ORG.0.as_bytes().to_vec());
    });
    is_only(&moved, expected);
}

#[test]
fn a_row_that_wakes_the_campaign_for_another_organization() {
    let awake = resting(Rest::Awake, |batch| {
        batch.put(keys::awake(CAMPAIGN), OTHER.0.as_bytes().to_vec());
    });
    is_only(&awake, "the campaign's awake row names another organization");
    let alarm = resting(Rest::Asleep(Some(BEGIN)), |batch| {
        batch.put(keys::alarm(BEGIN, CAMPAIGN), Vec::new());
    });
    is_only(&alarm, "the campaign's alarm row names another organization");
}

#[test]
fn a_listing_row_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::listing(ORG, CAMPAIGN)));
    let expected = format!("the list of organization {} does not have the campaign", ORG.0);
    is_only(&differences, &expected);
}

#[test]
fn a_number_that_leads_to_a_contact_with_another_one() {
    let differences = audited(|_, _, batch| {
        batch.put(
            keys::number(CAMPAIGN, phone(77_777)),
            keys::locator(LaneId(0), 1, 5).to_vec(),
        );
    });
    let contact = place(0, 1, 5);
    is_only(
        &differences,
        &format!("a row of the number index leads to contact {contact:?}, which has another number"),
    );
}

#[test]
fn a_number_that_leads_nowhere() {
    let contact = place(0, 70, 5);
    let differences = audited(|_, _, batch| {
        let nowhere = keys::locator(contact.lane, contact.block, contact.place);
        batch.put(keys::number(CAMPAIGN, phone(77_777)), nowhere.to_vec());
    });
    is_only(
        &differences,
        &format!("a row of the number index leads to contact {contact:?}, which is not there"),
    );
    let differences = audited(|_, _, batch| batch.put(keys::number(CAMPAIGN, phone(77_777)), vec![1]));
    is_only(&differences, "a row of the number index leads to no place");
}

#[test]
fn a_call_that_leads_to_another_attempt() {
    let differences = audited(|_, told, batch| {
        batch.put(keys::provider_id(LINE, "CA1"), told.ringing.0.as_bytes().to_vec());
    });
    let (_, told) = Story::middle();
    is_only(
        &differences,
        &format!(
            "the index of carriers' calls leads from that of attempt {} elsewhere",
            told.reached
        ),
    );
}

#[test]
fn a_waiting_row_of_a_contact_whose_block_is_gone() {
    let differences = audited(|_, told, batch| {
        let nobody = place(0, 70, 5);
        let (story, _) = Story::middle();
        let waits = outdial_storage::read::contact(&story.store, CAMPAIGN, place(0, 3, 0), 1);
        let state = waits.unwrap().unwrap().state;
        let write = outdial_domain::step::Write::Contact(nobody, state);
        batch.write(&definition(), &write);
        batch.put(keys::waiting(CAMPAIGN, told.late, nobody), Vec::new());
    });
    is_only(&differences, "4 rows say waiting, 3 contacts are there for them");
}
