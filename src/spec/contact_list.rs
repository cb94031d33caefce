//! Lists of contacts: those that come with a campaign, of which every one must be good, and those
//! that are added later, of which the good ones are taken.

use outdial_contacts::{Region, RowError};
use outdial_domain::contact::NewContact;
use serde_json::Value;

use super::contact;
use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::quoted;

/// The most contacts in one request; longer lists are uploaded as imports.
pub const MOST_CONTACTS: usize = 10_000;

const LIST: Shape = Shape {
    what: "a list of contacts",
    known: &["contacts"],
    read_only: &[],
};

/// A list of contacts, row by row. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JudgedContacts {
    /// Those that can be called.
    pub good: Vec<(u64, NewContact)>,
    /// What is wrong with the others; a row may have several errors. `field` is `row` where the
    /// row as a whole is no contact.
    pub bad: Vec<RowError>,
}

/// Judges contacts that are added to a campaign: `{"contacts": […]}`, or the list alone.
///
/// # Errors
/// What is wrong with the body as a whole, so that no row of it can be judged.
pub fn judge_contacts(value: &Value, default_region: &str) -> Result<JudgedContacts, Vec<FieldError>> {
    let mut findings = Findings::default();
    let region: Option<Region> = match default_region.parse() {
        Ok(region) => Some(region),
        Err(error) => {
            findings.refuse("default_region", format!("{error}"));
            None
        }
    };
    let list = match value {
        Value::Array(_) => Some(value),
        _ => contacts_field(value, &mut findings),
    };
    let rows = list.map(|list| rows(list, &mut findings)).unwrap_or_default();
    let rows = findings.verdict(rows)?;
    let mut judged = JudgedContacts::default();
    for (index, row) in rows.iter().enumerate() {
        let number = index as u64 + 1;
        match contact::judge(row, region) {
            Ok(contact) => judged.good.push((number, contact)),
            Err(findings) => judged.bad.extend(findings.into_iter().map(|finding| RowError {
                row: number,
                field: match finding.field.as_str() {
                    "" => "row".to_owned(),
                    _ => finding.field,
                },
                value: finding.value,
                reason: finding.reason,
            })),
        }
    }
    Ok(judged)
}

/// Judges the contacts that come with a campaign.
pub(super) fn judge(
    campaign: &Fields<'_>,
    region: Option<Region>,
    findings: &mut Findings,
) -> Vec<(u64, NewContact)> {
    let Some(list) = campaign.get("contacts") else {
        return Vec::new();
    };
    let mut good = Vec::new();
    for (index, row) in rows(list, findings).iter().enumerate() {
        match contact::judge(row, region) {
            Ok(contact) => good.push((index as u64 + 1, contact)),
            Err(bad) => findings.take_in(&format!("contacts[{index}]"), bad),
        }
    }
    good
}

fn contacts_field<'v>(value: &'v Value, findings: &mut Findings) -> Option<&'v Value> {
    let fields = Fields::open(value, "", &LIST, findings)?;
    let list = fields.get("contacts");
    if list.is_none() {
        findings.refuse("contacts", "is required: a list of contacts");
    }
    list
}

fn rows<'v>(list: &'v Value, findings: &mut Findings) -> &'v [Value] {
    let Value::Array(rows) = list else {
        let message = format!("must be a list of contacts, not {}", quoted::json(list));
        findings.refuse_value("contacts", list, message);
        return &[];
    };
    if rows.len() > MOST_CONTACTS {
        let message = format!(
            "must have at most {MOST_CONTACTS} contacts, not {}; upload a longer list as an import",
            rows.len()
        );
        findings.refuse_value("contacts", list, message);
        return &[];
    }
    rows
}
