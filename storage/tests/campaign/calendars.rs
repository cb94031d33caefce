//! Holiday calendars: by organization, as campaigns keep them, and which have changed.

use chrono::NaiveDate;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::ids::{HolidayCalendarId, OrgId};
use outdial_domain::settings::Definition;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::records::HolidayCalendarV1;
use outdial_storage::store::StoreError;
use outdial_storage::{keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, ORG, definition, save};

const OTHER_ORG: OrgId = OrgId(Uuid::from_u128(7));

fn id(n: u128) -> HolidayCalendarId {
    HolidayCalendarId(Uuid::from_u128(n))
}

/// A calendar of one day, that of March with this number.
fn calendar(name: &str, day: u8) -> HolidayCalendarV1 {
    let holiday = Holiday {
        name: format!("Day {day}"),
        day: HolidayDate::Yearly { month: 3, day },
    };
    let calendar = Calendar { dates: vec![holiday] };
    let at = BEGIN.millis();
    HolidayCalendarV1::new(name.to_owned(), String::new(), &calendar, at, at)
}

fn store() -> MemoryStore {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    batch.holiday_calendar(ORG, id(2), &calendar("second", 2));
    batch.holiday_calendar(OTHER_ORG, id(3), &calendar("third", 3));
    batch.holiday_calendar(ORG, id(1), &calendar("first", 1));
    batch.holiday_calendar(ORG, id(2), &calendar("renamed", 12));
    save(&store, batch);
    store
}

#[test]
fn an_organizations_calendars_come_oldest_first_as_they_were_last_saved() {
    let store = store();
    let of_one = read::holiday_calendars(&store, ORG).unwrap();
    assert_eq!(
        of_one,
        [(id(1), calendar("first", 1)), (id(2), calendar("renamed", 12))]
    );
    let of_the_other = read::holiday_calendars(&store, OTHER_ORG).unwrap();
    assert_eq!(of_the_other, [(id(3), calendar("third", 3))]);
    assert_eq!(read::holiday_calendar(&store, ORG, id(3)), Ok(None));
    assert_eq!(
        read::holiday_calendar(&store, OTHER_ORG, id(3)),
        Ok(Some(calendar("third", 3)))
    );
}

#[test]
fn a_campaign_keeps_the_calendars_that_it_names_in_their_order_and_no_others() {
    let store = store();
    let keeping = |ids: &[u128]| {
        let mut definition: Definition = definition();
        definition.settings.holiday_calendars = ids.iter().map(|n| id(*n)).collect();
        read::calendars_of(&store, &definition)
    };
    let day = |day| NaiveDate::from_ymd_opt(2027, 3, day).unwrap();
    let both = keeping(&[2, 1]).unwrap();
    assert!(both.dates().contain(day(1)) && both.dates().contain(day(12)));
    assert!(!both.dates().contain(day(2)), "that was before the change");
    assert_eq!(both.holiday_on(day(12)).map(|(_, name)| name), Some("renamed"));
    assert!(keeping(&[]).unwrap().dates().is_empty());
    assert_eq!(
        keeping(&[1, 3]).unwrap_err(),
        StoreError::Corrupt {
            table: "holiday calendar",
            detail: format!("{}, which the campaign keeps, is missing", id(3))
        },
        "that of another organization is none"
    );
}

#[test]
fn a_calendar_that_was_saved_has_changed_until_somebody_has_told_its_campaigns() {
    let store = store();
    let changed = read::changed_calendars(&store).unwrap();
    assert_eq!(changed, [(OTHER_ORG, id(3)), (ORG, id(1)), (ORG, id(2))]);
    let mut batch = Batch::new();
    batch.delete(keys::calendar_changed(ORG, id(1)));
    save(&store, batch);
    let changed = read::changed_calendars(&store).unwrap();
    assert_eq!(changed, [(OTHER_ORG, id(3)), (ORG, id(2))]);
}
