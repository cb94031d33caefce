//! What is remembered of runs and of earlier attempts, and holiday calendars.

use chrono::NaiveDate;
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::caps::Past;
use outdial_domain::counters::Counters;
use outdial_domain::runs::{EndedRun, Runs};
use outdial_domain::tally::Tally;
use outdial_domain::time::Timestamp;
use outdial_storage::records::HolidayCalendarV1;

use super::{at, version_2};

pub fn full_runs() -> Runs {
    Runs {
        is_open: true,
        next_start: Some(at(86_400)),
        last_start: Some(at(20)),
        started_at: Some(at(20)),
        skipped: 300,
        last_skipped: Some((at(10), "run 1 was not over yet — «tard»".to_owned())),
        last: Some(EndedRun {
            run: 70_000,
            started_at: Some(at(-900)),
            completed_at: at(-30),
            counters: version_2::full_progress().counters,
        }),
        earlier: Counters {
            total: 2_000_000,
            ..version_2::full_progress().counters
        },
    }
}

pub fn bare_runs() -> Runs {
    Runs::default()
}

pub fn full_past() -> Past {
    Past {
        at: at(10),
        was_conversation: true,
    }
}

pub fn bare_past() -> Past {
    Past {
        at: Timestamp::from_millis(0),
        was_conversation: false,
    }
}

/// Its dates, and the calendar.
pub fn full_calendar() -> (Calendar, HolidayCalendarV1) {
    let holiday = |name: &str, day| Holiday {
        name: name.to_owned(),
        day,
    };
    let calendar = Calendar {
        dates: vec![
            holiday("New Year's Day", HolidayDate::Yearly { month: 1, day: 1 }),
            holiday(
                "Pâques",
                HolidayDate::Once(NaiveDate::from_ymd_opt(2027, 3, 28).unwrap()),
            ),
            holiday("Leap day", HolidayDate::Yearly { month: 2, day: 29 }),
        ],
    };
    let (created_at, updated_at) = (at(0).millis(), at(5).millis());
    let name = "Public holidays".to_owned();
    let record = HolidayCalendarV1::new(name, "Fériés.".to_owned(), &calendar, created_at, updated_at);
    (calendar, record)
}

/// A number of its own for everything that is counted.
pub fn full_tally() -> Tally {
    Tally {
        started: 70_000,
        ended: [1, 2, 3, 4, 5, 6, 300, 5_000_000_000],
    }
}

/// A calendar without a date.
pub fn bare_calendar() -> (Calendar, HolidayCalendarV1) {
    let calendar = Calendar::default();
    let created_at = at(0).millis();
    let record = HolidayCalendarV1::new("H".to_owned(), String::new(), &calendar, created_at, created_at);
    (calendar, record)
}
