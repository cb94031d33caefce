//! One contact's JSON as a contact.

use chrono_tz::Tz;
use outdial_contacts::{Region, normalize, zone_named, zones_of};
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::phone::PhoneNumber;
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::quoted;

const CONTACT: Shape = Shape {
    what: "a contact",
    known: &[
        "phone_number",
        "name",
        "email",
        "timezone",
        "not_before",
        "person_id",
        "custom_data",
    ],
    read_only: &[],
};

const LONGEST_TEXT: usize = 200;
/// RFC 5321, §4.5.3.1.3, less the angle brackets.
const LONGEST_EMAIL: usize = 254;
const CUSTOM_DATA_BYTES: usize = 4096;

/// The contact that `value` describes, or everything that is wrong with it. A text that is blank
/// counts as left out. Without a region (it was refused), only international numbers are judged.
pub(super) fn judge(value: &Value, region: Option<Region>) -> Result<NewContact, Findings> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &CONTACT, &mut findings) else {
        return Err(findings);
    };
    let phone = phone(&fields, region, &mut findings);
    let name = fields.short_text("name", LONGEST_TEXT, &mut findings);
    let email = email(&fields, &mut findings);
    let timezone = timezone(&fields, &mut findings);
    let not_before = match fields.get("not_before") {
        Some(Value::String(text)) if text.trim().is_empty() => None,
        _ => fields.instant("not_before", &mut findings),
    };
    let person_id = fields.short_text("person_id", LONGEST_TEXT, &mut findings);
    let custom_data = custom_data(&fields, &mut findings);
    let Some(phone) = phone.filter(|_| findings.is_empty()) else {
        return Err(findings);
    };
    Ok(NewContact {
        contact: Contact {
            phone,
            name: name.map(str::to_owned),
            email: email.map(str::to_owned),
            timezone,
            person_id: person_id.map(str::to_owned),
            custom_data,
        },
        zones: timezone.map_or_else(|| zones_by_number(phone), |own| vec![own]),
        not_before,
    })
}

/// Judges one contact by itself, as one of the default region.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn judge_contact(value: &Value) -> Result<Contact, Vec<FieldError>> {
    let judged = judge(value, Some(Region::US));
    judged.map(|new| new.contact).map_err(Findings::into_errors)
}

/// Every zone that a number may be in, sorted by name.
fn zones_by_number(phone: PhoneNumber) -> Vec<Tz> {
    let mut zones = zones_of(phone).to_vec();
    zones.sort_unstable_by_key(|zone| zone.name());
    zones.dedup();
    zones
}

/// The number in the field `phone_number`.
pub(super) fn phone(
    contact: &Fields<'_>,
    region: Option<Region>,
    findings: &mut Findings,
) -> Option<PhoneNumber> {
    let at = "phone_number";
    let text = match contact.get(at) {
        None => {
            findings.refuse(at, "is required");
            return None;
        }
        Some(number @ Value::Number(_)) => {
            let message = format!("must be a string, or a leading + or 0 is lost: write \"{number}\"");
            findings.refuse_value(at, number, message);
            return None;
        }
        Some(_) => contact.text(at, findings)?,
    };
    match normalize(text, region.unwrap_or(Region::US)) {
        Ok(phone) => Some(phone),
        Err(error) => {
            if region.is_some() || text.trim_start().starts_with('+') {
                findings.refuse_because(at, &text.into(), error);
            }
            None
        }
    }
}

fn email<'v>(contact: &Fields<'v>, findings: &mut Findings) -> Option<&'v str> {
    let address = contact.text("email", findings)?.trim();
    if !address.is_empty() && !is_email(address) {
        let reason = "not an e-mail address: write one, such as ada@example.com, or leave it out";
        findings.refuse_because("email", &address.into(), reason);
    }
    (!address.is_empty()).then_some(address)
}

/// Something, `@`, and a domain with a dot; whether it takes mail, only mail tells.
pub(super) fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let stray =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '"');
    let labels = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let sound = !local.is_empty() && !local.contains(stray) && !domain.contains(stray);
    sound && labels && address.len() <= LONGEST_EMAIL
}

fn timezone(contact: &Fields<'_>, findings: &mut Findings) -> Option<Tz> {
    let text = contact.text("timezone", findings)?;
    if text.trim().is_empty() {
        return None;
    }
    let zone = zone_named(text);
    if let Err(error) = &zone {
        findings.refuse_because("timezone", &text.into(), error);
    }
    zone.ok()
}

/// As JSON text; empty where there is nothing in it.
fn custom_data(contact: &Fields<'_>, findings: &mut Findings) -> String {
    let Some(value) = contact.get("custom_data") else {
        return String::new();
    };
    let Value::Object(object) = value else {
        let message = format!("must be an object, not {}", quoted::json(value));
        findings.refuse_value("custom_data", value, message);
        return String::new();
    };
    if object.is_empty() {
        return String::new();
    }
    let text = value.to_string();
    if text.len() > CUSTOM_DATA_BYTES {
        let message = format!(
            "must be at most {CUSTOM_DATA_BYTES} bytes as JSON, not {}",
            text.len()
        );
        findings.refuse_value("custom_data", value, message);
    }
    text
}
