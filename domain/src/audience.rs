//! Audiences: whom of a list a campaign is about, by rules on what is known of each contact.
//!
//! A contact belongs to the audience when every rule of `include` holds of it, and none of `exclude`.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use crate::contact::Contact;

/// Whom a campaign is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// Each must hold of a contact.
    pub include: Vec<FieldRule>,
    /// None may hold of a contact.
    pub exclude: Vec<FieldRule>,
}

/// A rule on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    /// `phone_number`, `name`, `email`, `timezone`, `person_id`, or the name of a column of custom data.
    pub field: String,
    /// How the field is held against the value.
    pub operator: Operator,
    /// What the field is held against; empty where the operator needs none.
    pub value: String,
}

/// How a field is held against a value. Texts are compared without regard to case and outer blanks; two that
/// are both numbers, as numbers. A field that is empty is one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The field is there, and the same.
    Equals,
    /// The opposite of `equals`: also where the field is not there.
    NotEquals,
    /// The field is there, and the value is a part of it.
    Contains,
    /// The opposite of `contains`.
    NotContains,
    /// Both are numbers, or neither is, and the field comes after the value: dates as `2026-11-20` come in order.
    GreaterThan,
    /// Both are numbers, or neither is, and the field comes before the value.
    LessThan,
    /// The field is there.
    Exists,
    /// The field is not there.
    NotExists,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Equals,
        Self::NotEquals,
        Self::Contains,
        Self::NotContains,
        Self::GreaterThan,
        Self::LessThan,
        Self::Exists,
        Self::NotExists,
    ];

    /// Its name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "not_equals",
            Self::Contains => "contains",
            Self::NotContains => "not_contains",
            Self::GreaterThan => "greater_than",
            Self::LessThan => "less_than",
            Self::Exists => "exists",
            Self::NotExists => "not_exists",
        }
    }

    /// Whether it holds the field against a value.
    pub fn needs_value(self) -> bool {
        !matches!(self, Self::Exists | Self::NotExists)
    }
}

/// The rule in words, as in `plan equals gold`.
impl fmt::Display for FieldRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.operator.name())?;
        if self.operator.needs_value() {
            write!(f, " {}", self.value)?;
        }
        Ok(())
    }
}

impl Audience {
    /// Why a contact does not belong to it, in words; `None` where it does.
    pub fn leaves_out(&self, contact: &Contact) -> Option<String> {
        let custom: Value = serde_json::from_str(&contact.custom_data).unwrap_or_default();
        let holds = |rule: &&FieldRule| rule.holds(field(contact, &custom, &rule.field).as_deref());
        if let Some(rule) = self.include.iter().find(|rule| !holds(rule)) {
            return Some(format!("not in the audience: it includes only `{rule}`"));
        }
        let excluded = self.exclude.iter().find(holds);
        excluded.map(|rule| format!("not in the audience: it excludes `{rule}`"))
    }
}

impl FieldRule {
    fn holds(&self, field: Option<&str>) -> bool {
        let order = field.and_then(|field| compare(field, &self.value));
        let contains = || {
            let value = self.value.trim().to_lowercase();
            field.is_some_and(|field| field.to_lowercase().contains(&value))
        };
        match self.operator {
            Operator::Equals => order == Some(Ordering::Equal),
            Operator::NotEquals => order != Some(Ordering::Equal),
            Operator::Contains => contains(),
            Operator::NotContains => !contains(),
            Operator::GreaterThan => order == Some(Ordering::Greater),
            Operator::LessThan => order == Some(Ordering::Less),
            Operator::Exists => field.is_some(),
            Operator::NotExists => field.is_none(),
        }
    }
}

/// How two values lie; `None` where one is a number and the other is not.
fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (one.trim(), other.trim());
    // Ids may be too long for the precision of a float.
    if let (Ok(one), Ok(other)) = (one.parse::<i128>(), other.parse::<i128>()) {
        return Some(one.cmp(&other));
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one.partial_cmp(&other),
        (None, None) => Some(one.to_lowercase().cmp(&other.to_lowercase())),
        _ => None,
    }
}

/// What a contact's field says; `None` where it is not there, or empty.
fn field(contact: &Contact, custom: &Value, name: &str) -> Option<String> {
    let text = match name {
        "phone_number" => Some(contact.phone.to_string()),
        "name" => contact.name.clone(),
        "email" => contact.email.clone(),
        "timezone" => contact.timezone.map(|zone| zone.name().to_owned()),
        "person_id" => contact.person_id.clone(),
        _ => match custom.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
    };
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
