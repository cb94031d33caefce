use chrono::NaiveDate;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::ids::HolidayCalendarId;
use outdial_domain::time::Millis;
use serde_json::json;

use super::{NOW, SHOWN_NOW, id, shown};
use crate::calendars::HolidayCalendar;
use crate::view::holiday_calendar_view;

#[test]
fn a_calendar_shows_its_dates_as_they_can_be_written() {
    let holiday = |name: &str, day| Holiday {
        name: name.to_owned(),
        day,
    };
    let party = NaiveDate::from_ymd_opt(2026, 7, 3).map(HolidayDate::Once);
    let calendar = HolidayCalendar {
        id: HolidayCalendarId(id(7)),
        name: "Days off".to_owned(),
        description: "Ours.".to_owned(),
        dates: Calendar {
            dates: vec![
                holiday("New Year", HolidayDate::Yearly { month: 1, day: 2 }),
                holiday("Party", party.expect("a date")),
            ],
        },
        created_at: NOW,
        updated_at: NOW + Millis(1500),
    };
    let expected = json!({
        "id": "0198f3a0-1234-7abc-8def-000000000007",
        "name": "Days off",
        "description": "Ours.",
        "dates": [
            {"name": "New Year", "date": "01-02", "yearly": true},
            {"name": "Party", "date": "2026-07-03", "yearly": false},
        ],
        "created_at": SHOWN_NOW,
        "updated_at": "2026-07-01T13:00:01.500Z",
    });
    assert_eq!(shown(&holiday_calendar_view(&calendar)), expected);
}
