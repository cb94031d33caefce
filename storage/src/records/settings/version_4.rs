//! A campaign's configuration as stored since it recurs, keeps holidays, laws and caps, and has an audience.

use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::caps::Cap;
use outdial_domain::ids::HolidayCalendarId;
use outdial_domain::law::Preset;
use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::settings::{Definition, Schedule};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::super::codes::Coded;
use super::super::{Record, Unreadable, codec};
use super::DefinitionV3;

/// A campaign's configuration with its recurrence, its calendars, laws and caps, and its audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionV4 {
    base: DefinitionV3,
    /// A cron pattern, read by the clock of the campaign's zone; `end_at` is that of the first version.
    cron: Option<String>,
    /// 0: run, 1: skip, 2: run within so many seconds.
    missed_start: (u8, u32),
    holiday_calendars: Vec<Uuid>,
    laws: Vec<String>,
    /// Attempts, hours.
    contact_caps: Vec<(u32, u32)>,
    /// Rules that include, and rules that exclude.
    audience: Option<(Vec<FieldRuleV1>, Vec<FieldRuleV1>)>,
}

/// A rule on one field of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FieldRuleV1 {
    field: String,
    operator: u8,
    value: String,
}

impl Record for DefinitionV4 {
    const VERSION: u8 = 4;
    const TABLE: &'static str = "definition";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_3 = |base| Self {
            base,
            cron: None,
            missed_start: (0, 0),
            holiday_calendars: Vec::new(),
            laws: Vec::new(),
            contact_caps: Vec::new(),
            audience: None,
        };
        let base = match version {
            DefinitionV3::VERSION => codec().deserialize(bytes),
            _ => DefinitionV3::read_older(version, bytes)?,
        };
        Some(base.map(of_version_3))
    }
}

impl From<&Definition> for DefinitionV4 {
    fn from(definition: &Definition) -> Self {
        let settings = &definition.settings;
        let stored = |rules: &[FieldRule]| {
            let rules = rules.iter().map(|rule| FieldRuleV1 {
                field: rule.field.clone(),
                operator: rule.operator.code(),
                value: rule.value.clone(),
            });
            rules.collect()
        };
        Self {
            base: definition.into(),
            cron: match &settings.schedule {
                Schedule::Recurring { recurrence, .. } => Some(recurrence.pattern().to_owned()),
                Schedule::Immediate | Schedule::Scheduled { .. } => None,
            },
            missed_start: match settings.missed_start {
                MissedStart::Run => (0, 0),
                MissedStart::Skip => (1, 0),
                MissedStart::RunWithin(seconds) => (2, seconds),
            },
            holiday_calendars: settings.holiday_calendars.iter().map(|id| id.0).collect(),
            laws: settings.laws.iter().map(|law| law.id.to_owned()).collect(),
            contact_caps: settings
                .contact_caps
                .iter()
                .map(|cap| (cap.max_attempts, cap.per_hours))
                .collect(),
            audience: settings
                .audience
                .as_ref()
                .map(|audience| (stored(&audience.include), stored(&audience.exclude))),
        }
    }
}

impl TryFrom<DefinitionV4> for Definition {
    type Error = Unreadable;

    fn try_from(stored: DefinitionV4) -> Result<Self, Unreadable> {
        let end_at = stored.base.base.base.end_at.map(Timestamp::from_millis);
        let mut definition: Self = stored.base.try_into()?;
        let settings = &mut definition.settings;
        if let Some(cron) = stored.cron {
            let recurrence =
                Recurrence::parse(&cron, settings.timezone).map_err(|error| Unreadable(error.to_string()))?;
            settings.schedule = Schedule::Recurring {
                recurrence: Box::new(recurrence),
                end_at,
            };
        }
        settings.missed_start = match stored.missed_start {
            (0, _) => MissedStart::Run,
            (1, _) => MissedStart::Skip,
            (2, seconds) => MissedStart::RunWithin(seconds),
            (other, _) => return Err(Unreadable(format!("{other} is no policy for missed starts"))),
        };
        let calendars = stored.holiday_calendars.into_iter();
        settings.holiday_calendars = calendars.map(HolidayCalendarId).collect();
        let laws = stored.laws.iter().map(|id| {
            Preset::named(id).ok_or_else(|| Unreadable(format!("the law preset {id} is not known")))
        });
        settings.laws = laws.collect::<Result<_, _>>()?;
        let caps = stored.contact_caps.into_iter();
        settings.contact_caps = caps
            .map(|(max_attempts, per_hours)| Cap {
                max_attempts,
                per_hours,
            })
            .collect();
        settings.audience = match stored.audience {
            None => None,
            Some((include, exclude)) => Some(Audience {
                include: field_rules(include)?,
                exclude: field_rules(exclude)?,
            }),
        };
        Ok(definition)
    }
}

fn field_rules(stored: Vec<FieldRuleV1>) -> Result<Vec<FieldRule>, Unreadable> {
    let rules = stored.into_iter().map(|stored| {
        Ok(FieldRule {
            field: stored.field,
            operator: Operator::from_code(stored.operator)?,
            value: stored.value,
        })
    });
    rules.collect()
}
