//! Whom of its contacts a campaign is asked to be about.

use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::phone::PhoneNumber;
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::Findings;
use super::quoted;

const AUDIENCE: Shape = Shape {
    what: "an audience",
    known: &["include", "exclude"],
    read_only: &[],
};

const RULE: Shape = Shape {
    what: "a rule of an audience",
    known: &["field", "operator", "value"],
    read_only: &[],
};

/// The most rules of a list.
const MOST: usize = 50;
const LONGEST_FIELD: usize = 200;
const LONGEST_VALUE: usize = 1000;

/// The audience in the campaign's field `audience`; none where it has no rule.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Option<Audience> {
    let value = campaign.get("audience")?;
    let fields = Fields::open(value, campaign.at("audience"), &AUDIENCE, findings)?;
    let audience = Audience {
        include: rules(&fields, "include", findings),
        exclude: rules(&fields, "exclude", findings),
    };
    (audience != Audience::default()).then_some(audience)
}

fn rules(audience: &Fields<'_>, name: &str, findings: &mut Findings) -> Vec<FieldRule> {
    let entries = audience.list(name, MOST, findings).unwrap_or_default();
    let rules = entries.into_iter().filter_map(|(at, entry)| {
        let fields = Fields::open(entry, at, &RULE, findings)?;
        let field = field(&fields, findings);
        let operator = fields.required_word("operator", findings)?;
        let value = value(&fields, operator, findings).unwrap_or_default();
        let rule = FieldRule {
            field: field?,
            operator,
            value,
        };
        refuse_what_no_number_is(&fields, &rule, findings);
        Some(rule)
    });
    rules.collect()
}

/// What the rule is about, as it was written: columns may have blanks in their names.
fn field(rule: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    const CHOICE: &str = "phone_number, name, email, timezone, person_id or a column of custom data";
    let Some(given) = rule.get("field") else {
        findings.refuse(rule.at("field"), format!("is required: {CHOICE}"));
        return None;
    };
    let text = rule.text("field", findings)?;
    let column = text.strip_prefix("custom_data.");
    let message = match column {
        _ if text.trim().is_empty() => format!("must not be blank: name {CHOICE}"),
        _ if text.chars().count() > LONGEST_FIELD => format!("must be at most {LONGEST_FIELD} characters"),
        Some(column) => format!(
            "`{0}` is no field: columns of custom data go by their own names, so write `{1}`",
            quoted::shortened(text),
            quoted::shortened(column)
        ),
        None => return Some(text.to_owned()),
    };
    findings.refuse_value(rule.at("field"), given, message);
    None
}

/// What the field is held against, as text; a number and a truth as they are written.
fn value(rule: &Fields<'_>, operator: Operator, findings: &mut Findings) -> Option<String> {
    let name = operator.name();
    let Some(given) = rule.get("value") else {
        if operator.needs_value() {
            let message = format!("is required with {name}: a string, a number, true or false");
            findings.refuse(rule.at("value"), message);
        }
        return None;
    };
    let text = match (given, operator.needs_value()) {
        (_, false) => Err(format!("must be left out with {name}, which needs none")),
        (Value::String(text), true) if text.trim().is_empty() => {
            Err("must not be blank: write exists or not_exists to ask whether the field is there".to_owned())
        }
        (Value::String(text), true) if text.chars().count() > LONGEST_VALUE => {
            Err(format!("must be at most {LONGEST_VALUE} characters"))
        }
        (Value::String(text), true) => Ok(text.clone()),
        (scalar @ (Value::Number(_) | Value::Bool(_)), true) => Ok(scalar.to_string()),
        (other, true) => Err(format!(
            "must be a string, a number, true or false, not {}",
            quoted::json(other)
        )),
    };
    text.map_err(|message| findings.refuse_value(rule.at("value"), given, message))
        .ok()
}

/// A rule that no number can meet would silently include nobody, or exclude nobody.
fn refuse_what_no_number_is(fields: &Fields<'_>, rule: &FieldRule, findings: &mut Findings) {
    let is_about_one = rule.field == "phone_number"
        && matches!(rule.operator, Operator::Equals | Operator::NotEquals)
        && !rule.value.is_empty();
    if is_about_one && rule.value.trim().parse::<PhoneNumber>().is_err() {
        let message = format!(
            "`{}` is not how a number is kept: write it as E.164, such as +12025550123",
            quoted::shortened(&rule.value)
        );
        findings.refuse_value(fields.at("value"), &rule.value.as_str().into(), message);
    }
}
