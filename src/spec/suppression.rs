//! Do-not-call lists and what is to be put on them, as JSON and as fields of a form.

use outdial_contacts::{Region, RowError, normalize};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use serde_json::{Value, json};

use super::contact;
use super::contact_list::MOST_CONTACTS;
use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::{quoted, settings};

const LIST: Shape = Shape {
    what: "a do-not-call list",
    known: &["name", "description", "default_region"],
    read_only: &["id", "created_at"],
};

const ENTRY: Shape = Shape {
    what: "an entry of a do-not-call list",
    known: &["phone_number", "note", "expires_at"],
    read_only: &["source", "added_at", "expired"],
};

const ENTRIES: Shape = Shape {
    what: "a list of entries",
    known: &["entries"],
    read_only: &[],
};

const LONGEST_NOTE: usize = 500;

/// What a do-not-call list is asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuppressionListSpec {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The region of numbers written without a country code.
    pub(crate) default_region: String,
}

/// A number that is to be put on a do-not-call list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuppressionEntry {
    pub(crate) phone: PhoneNumber,
    /// Why, for people; may be empty.
    pub(crate) note: String,
    /// Until when it is to hold; `None`: for good.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Judges what a do-not-call list is asked to be.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_suppression_list(value: &Value) -> Result<SuppressionListSpec, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &LIST, &mut findings) else {
        return Err(findings.into_errors());
    };
    let name = settings::name(&fields, &mut findings);
    let description = fields.short_text("description", settings::LONGEST_DESCRIPTION, &mut findings);
    let region = settings::region(&fields, &mut findings);
    findings.verdict(SuppressionListSpec {
        name,
        description: description.unwrap_or_default().to_owned(),
        default_region: region.unwrap_or(Region::US).to_string(),
    })
}

/// Judges numbers for a do-not-call list: `{"entries": […]}`, the list alone, or one entry alone. The good ones
/// are taken; of the others it is said what is wrong with them. Rows are counted from 1.
///
/// # Errors
/// What is wrong with the body as a whole, so that no row of it can be judged.
pub(crate) fn judge_suppression_entries(
    value: &Value,
    region: Region,
    now: Timestamp,
) -> Result<(Vec<SuppressionEntry>, Vec<RowError>), Vec<FieldError>> {
    let mut findings = Findings::default();
    let rows = rows(value, &mut findings);
    let rows = findings.verdict(rows)?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        match entry(row, region, now) {
            Ok(entry) => good.push(entry),
            Err(findings) => bad.extend(findings.into_iter().map(|finding| RowError {
                row: index as u64 + 1,
                field: match finding.field.as_str() {
                    "" => "row".to_owned(),
                    _ => finding.field,
                },
                value: finding.value,
                reason: finding.reason,
            })),
        }
    }
    Ok((good, bad))
}

fn rows<'v>(value: &'v Value, findings: &mut Findings) -> &'v [Value] {
    let list = match value {
        Value::Object(fields) if !fields.contains_key("entries") => return std::slice::from_ref(value),
        Value::Object(fields) => {
            let _: Option<Fields<'_>> = Fields::open(value, "", &ENTRIES, findings);
            &fields["entries"]
        }
        _ => value,
    };
    let Value::Array(rows) = list else {
        let message = format!("must be a list of entries, not {}", quoted::json(list));
        findings.refuse_value("entries", list, message);
        return &[];
    };
    if rows.len() > MOST_CONTACTS {
        let message = format!(
            "must have at most {MOST_CONTACTS} entries, not {}; upload a longer list to …/import",
            rows.len()
        );
        findings.refuse_value("entries", list, message);
        return &[];
    }
    rows
}

fn entry(value: &Value, region: Region, now: Timestamp) -> Result<SuppressionEntry, Findings> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &ENTRY, &mut findings) else {
        return Err(findings);
    };
    let phone = contact::phone(&fields, Some(region), &mut findings);
    let note = note(&fields, &mut findings);
    let expires_at = expiry(&fields, now, &mut findings);
    match phone {
        Some(phone) if findings.is_empty() => Ok(SuppressionEntry {
            phone,
            note,
            expires_at,
        }),
        _ => Err(findings),
    }
}

fn note(fields: &Fields<'_>, findings: &mut Findings) -> String {
    let note = fields.short_text("note", LONGEST_NOTE, findings);
    note.unwrap_or_default().to_owned()
}

fn expiry(fields: &Fields<'_>, now: Timestamp, findings: &mut Findings) -> Option<Timestamp> {
    let at = fields.instant("expires_at", findings)?;
    if at <= now {
        let message =
            format!("`{at}` has passed: write a time to come, or leave it out to have it hold for good");
        findings.refuse_value("expires_at", &at.to_string().into(), message);
    }
    Some(at)
}

/// Judges the note that all numbers of a file are to have.
pub(crate) fn judge_note(text: &str) -> Result<String, Vec<FieldError>> {
    let mut findings = Findings::default();
    let value = json!({"note": text});
    let fields = Fields::open(&value, "", &ENTRY, &mut findings);
    let note = fields.map(|fields| note(&fields, &mut findings));
    findings.verdict(note.unwrap_or_default())
}

/// Judges until when all numbers of a file are to be on the list; a blank text says for good.
pub(crate) fn judge_expiry(text: &str, now: Timestamp) -> Result<Option<Timestamp>, Vec<FieldError>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut findings = Findings::default();
    let value = json!({"expires_at": text});
    let fields = Fields::open(&value, "", &ENTRY, &mut findings);
    let at = fields.and_then(|fields| expiry(&fields, now, &mut findings));
    findings.verdict(at)
}

/// Judges a number that is asked for in a URL, where a `+` that was not encoded arrives as a blank.
pub(crate) fn judge_suppressed_number(text: &str, region: Region) -> Result<PhoneNumber, Vec<FieldError>> {
    let text = match text.strip_prefix(' ') {
        Some(digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => format!("+{digits}"),
        _ => text.to_owned(),
    };
    normalize(&text, region).map_err(|error| {
        let mut findings = Findings::default();
        findings.refuse_because("phone_number", &text.into(), error);
        findings.into_errors()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_782_910_800_000);

    fn judged(value: &Value) -> (Vec<String>, Vec<(u64, String)>) {
        let (good, bad) = judge_suppression_entries(value, Region::US, NOW).expect("a list");
        let good = good.iter().map(|entry| entry.phone.to_string()).collect();
        (
            good,
            bad.into_iter().map(|error| (error.row, error.field)).collect(),
        )
    }

    #[test]
    fn entries_come_alone_as_a_list_or_under_their_name() {
        let entry = json!({"phone_number": "202-555-0123"});
        let expected = (vec!["+12025550123".to_owned()], vec![]);
        for value in [entry.clone(), json!([entry]), json!({"entries": [entry]})] {
            assert_eq!(judged(&value), expected, "{value}");
        }
    }

    #[test]
    fn a_bad_row_is_named_with_its_field_and_keeps_no_other_out() {
        let value = json!([
            {"phone_number": "12"},
            {"phone_number": "+12025550123", "expires_at": "2026-07-01T13:00:00Z"},
            {"phone_number": "+12025550124", "note": "x".repeat(501)},
            {"phone_number": "+12025550125", "reason": "?"},
            {"phone_number": "+12025550126", "expires_at": "2026-07-01T13:00:01Z", "note": null},
            7,
            {},
        ]);
        let bad = [
            (1, "phone_number"),
            (2, "expires_at"),
            (3, "note"),
            (4, "reason"),
            (6, "row"),
            (7, "phone_number"),
        ];
        let bad = bad.map(|(row, field)| (row, field.to_owned())).to_vec();
        assert_eq!(judged(&value), (vec!["+12025550126".to_owned()], bad));
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        for value in [
            json!(7),
            json!(null),
            json!({"entries": 1}),
            json!({"entries": [], "x": 1}),
        ] {
            assert!(
                judge_suppression_entries(&value, Region::US, NOW).is_err(),
                "{value}"
            );
        }
    }

    #[test]
    fn a_plus_that_a_url_lost_is_put_back() {
        for text in ["+442079460018", " 442079460018"] {
            let number = judge_suppressed_number(text, Region::US).map(|number| number.to_string());
            assert_eq!(number, Ok("+442079460018".to_owned()), "{text}");
        }
        assert!(judge_suppressed_number("44", Region::US).is_err());
    }
}
