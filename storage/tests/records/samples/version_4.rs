//! What version 4 of a record has words for beyond version 3. With nothing of it, a value is the bare one of
//! version 1.

use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::caps::Cap;
use outdial_domain::ids::HolidayCalendarId;
use outdial_domain::import::Import;
use outdial_domain::law::Preset;
use outdial_domain::list_columns::{ChosenColumns, ListField};
use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::settings::{Definition, Schedule, Settings};

use super::{at, id, version_3};

pub fn full_definition() -> Definition {
    let older = version_3::full_definition();
    let recurrence = Recurrence::parse("0 9 * * 1-5", older.settings.timezone).unwrap();
    Definition {
        settings: Settings {
            schedule: Schedule::Recurring {
                recurrence: Box::new(recurrence),
                end_at: Some(at(86_400)),
            },
            missed_start: MissedStart::RunWithin(70_000),
            holiday_calendars: vec![HolidayCalendarId(id(10)), HolidayCalendarId(id(11))],
            laws: ["us-reg-f", "us-fl"]
                .map(|law| Preset::named(law).unwrap())
                .to_vec(),
            contact_caps: vec![
                Cap {
                    max_attempts: 3,
                    per_hours: 24,
                },
                Cap {
                    max_attempts: 300,
                    per_hours: 8760,
                },
            ],
            audience: Some(Audience {
                include: vec![rule("plan", Operator::Equals, "gold — «or»")],
                exclude: vec![
                    rule("email", Operator::NotExists, ""),
                    rule("visits", Operator::GreaterThan, "3"),
                ],
            }),
            ..older.settings
        },
        ..older
    }
}

pub fn rule(field: &str, operator: Operator, value: &str) -> FieldRule {
    FieldRule {
        field: field.to_owned(),
        operator,
        value: value.to_owned(),
    }
}

pub fn full_import() -> Import {
    let mut columns = ChosenColumns::default();
    for (field, column) in [
        (ListField::PhoneNumber, "#3"),
        (ListField::Name, "Vorname"),
        (ListField::Name, "Größe"),
        (ListField::Email, "Mail"),
        (ListField::Timezone, ""),
        (ListField::NotBefore, "Ab"),
        (ListField::PersonId, "Nr"),
    ] {
        columns.choose(field, column).unwrap();
    }
    Import {
        columns,
        ..version_3::full_import()
    }
}
