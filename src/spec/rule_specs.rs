//! The rules of a campaign as a Rust program asks for them, each judged as its JSON: whom it is about, how often
//! a number may be tried, and what becomes of a start that was missed.

use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::caps::Cap;
use outdial_domain::recurrence::MissedStart;
use schemars::JsonSchema;
use serde::Serialize;

use crate::view::{schema, text};

/// What becomes of a start that passed while the program was down or the campaign was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(tag = "policy", rename_all = "snake_case")]
pub enum MissedStartSpec {
    /// It is made up for, however late.
    #[default]
    Run,
    /// It is left out.
    Skip,
    /// It is made up for within a while, and left out after.
    RunWithin {
        /// For how long, in seconds: up to 31 days.
        #[schemars(range(min = 1, max = 2_678_400))]
        grace_seconds: u32,
    },
}

/// At most so many attempts to a number within any span of so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContactCapSpec {
    /// How many are allowed, 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub max_attempts: u32,
    /// The length of the span in hours, 1 to 744.
    #[schemars(range(min = 1, max = 744))]
    pub per_hours: u32,
}

/// Whom of its contacts a campaign is about: those of whom every rule of `include` holds, and none of `exclude`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct AudienceSpec {
    /// Each must hold of a contact.
    #[schemars(default, length(max = 50))]
    pub include: Vec<FieldRuleSpec>,
    /// None may hold of a contact.
    #[schemars(default, length(max = 50))]
    pub exclude: Vec<FieldRuleSpec>,
}

/// A rule on one field of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldRuleSpec {
    /// `phone_number`, `name`, `email`, `timezone`, `person_id`, or the name of a column of custom data.
    #[schemars(length(min = 1, max = 200))]
    pub field: String,
    /// How the field is held against the value.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Operator>")]
    pub operator: Operator,
    /// What it is held against; `None` where the operator needs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub value: Option<String>,
}

impl FieldRuleSpec {
    /// A rule that holds a field against a value.
    pub fn new(field: impl Into<String>, operator: Operator, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            operator,
            value: Some(value.into()),
        }
    }
}

impl From<MissedStart> for MissedStartSpec {
    fn from(policy: MissedStart) -> Self {
        match policy {
            MissedStart::Run => Self::Run,
            MissedStart::Skip => Self::Skip,
            MissedStart::RunWithin(grace_seconds) => Self::RunWithin { grace_seconds },
        }
    }
}

impl From<Cap> for ContactCapSpec {
    fn from(cap: Cap) -> Self {
        Self {
            max_attempts: cap.max_attempts,
            per_hours: cap.per_hours,
        }
    }
}

impl From<&Audience> for AudienceSpec {
    fn from(audience: &Audience) -> Self {
        let specs = |rules: &[FieldRule]| rules.iter().map(Into::into).collect();
        Self {
            include: specs(&audience.include),
            exclude: specs(&audience.exclude),
        }
    }
}

impl From<&FieldRule> for FieldRuleSpec {
    fn from(rule: &FieldRule) -> Self {
        Self {
            field: rule.field.clone(),
            operator: rule.operator,
            value: rule.operator.needs_value().then(|| rule.value.clone()),
        }
    }
}
