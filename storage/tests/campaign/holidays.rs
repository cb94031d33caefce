//! The holiday calendars that a campaign keeps, and what is said where one is not there.

use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::ids::{HolidayCalendarId, OrgId};
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::progress::Progress;
use outdial_domain::step::Input;
use outdial_storage::batch::Batch;
use outdial_storage::records::HolidayCalendarV1;
use outdial_storage::store::{Store, StoreError};
use outdial_storage::{audit, keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, ORG, Story, definition, save};
use crate::tampering::is_only;

const CALENDAR: HolidayCalendarId =
    HolidayCalendarId(Uuid::from_u128(0x0198_f3a0_4000_7000_8000_0000_0000_0006));

fn christmas() -> Calendar {
    Calendar {
        dates: vec![Holiday {
            name: "Christmas Day".to_owned(),
            day: HolidayDate::yearly(12, 25).unwrap(),
        }],
    }
}

/// A draft that keeps a calendar.
fn keeping() -> Story {
    let story = Story::begin(&definition());
    let mut definition = definition();
    definition.settings.holiday_calendars = vec![CALENDAR];
    let record = HolidayCalendarV1::new("Days off".to_owned(), String::new(), &christmas(), 1, 2);
    let mut batch = Batch::new();
    batch.create(&definition, &Progress::new(BEGIN));
    batch.holiday_calendar(ORG, CALENDAR, &record);
    save(&story.store, batch);
    story
}

fn without(story: &Story, key: Vec<u8>) {
    let mut batch = Batch::new();
    batch.delete(key);
    save(&story.store, batch);
}

#[test]
fn a_campaign_wakes_with_its_calendars() {
    let story = keeping();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    let holiday = chrono::NaiveDate::from_ymd_opt(2030, 12, 25).unwrap();
    let (found, calendar) = stored.calendars.holiday_on(holiday).unwrap();
    assert_eq!((found.name.as_str(), calendar), ("Christmas Day", "Days off"));
    assert_eq!(audit::differences(&story.store, CAMPAIGN), Ok(vec![]));
    assert_eq!(audit::store_differences(&story.store), Ok(vec![]));
    assert_eq!(read::changed_calendars(&story.store), Ok(vec![(ORG, CALENDAR)]));
}

#[test]
fn a_campaign_does_not_wake_without_a_calendar_that_it_keeps_unless_it_has_ended() {
    let mut story = keeping();
    without(&story, keys::holiday_calendar(ORG, CALENDAR));
    let refused = read::stored(&story.store, CAMPAIGN).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Corrupt { detail, .. } if detail.contains(&CALENDAR.to_string())),
        "{refused}"
    );
    is_only(
        &audit::differences(&story.store, CAMPAIGN).unwrap(),
        &format!("the campaign keeps holiday calendar {CALENDAR}, which is not there"),
    );
    story.step(Input::Command(Command::Cancel { hang_up: false }));
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    assert_eq!(stored.progress.status, Status::Canceled);
    assert!(stored.calendars.dates().is_empty());
    assert_eq!(audit::differences(&story.store, CAMPAIGN), Ok(vec![]));
}

#[test]
fn a_note_of_a_change_to_a_calendar_that_is_not_there() {
    let story = keeping();
    without(&story, keys::holiday_calendar(ORG, CALENDAR));
    is_only(
        &audit::store_differences(&story.store).unwrap(),
        &format!("a note says that holiday calendar {CALENDAR} has changed, which is not there"),
    );
    without(&story, keys::calendar_changed(ORG, CALENDAR));
    assert_eq!(audit::store_differences(&story.store), Ok(vec![]));
}

#[test]
fn another_organizations_calendar_is_none() {
    let story = keeping();
    let other = OrgId(Uuid::from_u128(5));
    assert!(
        read::holiday_calendar(&story.store, other, CALENDAR)
            .unwrap()
            .is_none()
    );
    assert!(read::holiday_calendars(&story.store, other).unwrap().is_empty());
    assert!(
        story
            .store
            .get(&keys::holiday_calendar(ORG, CALENDAR))
            .unwrap()
            .is_some()
    );
}
