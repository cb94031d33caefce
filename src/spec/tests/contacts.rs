//! What may be asked of a contact, and what becomes of a list with bad rows.

use chrono_tz::America;
use outdial_contacts::RowError;
use serde_json::{Value, json};

use super::{accepted, campaign, refused, refuses};
use crate::spec::{FieldError, JudgedContacts, judge_contacts};

fn one(contact: &Value) -> outdial_domain::contact::NewContact {
    let mut judged = accepted(json!({"contacts": [contact]})).contacts;
    assert_eq!(judged.len(), 1);
    judged.remove(0).1
}

/// A contact with one field beside its number is refused in these words.
fn refuses_contact<const N: usize>(cases: [(&str, Value, &str); N]) {
    for (name, value, error) in cases {
        let mut contact = json!({"phone_number": "+12025550123"});
        contact[name] = value;
        refuses([(json!({"contacts": [contact]}), error)]);
    }
}

#[test]
fn a_contact_is_taken_with_all_that_is_said_of_it() {
    let new = one(&json!({
        "phone_number": "(202) 555-0123", "name": " Ada Lee ", "email": "ada@example.com",
        "timezone": "America/Denver", "not_before": "2026-07-02T09:00:00+02:00", "person_id": "p-7",
        "custom_data": {"order": 17, "items": ["tea"]},
    }));
    assert_eq!(new.contact.phone.to_string(), "+12025550123");
    assert_eq!(new.contact.name.as_deref(), Some("Ada Lee"));
    assert_eq!(new.contact.email.as_deref(), Some("ada@example.com"));
    assert_eq!(new.contact.timezone, Some(America::Denver));
    assert_eq!(new.contact.person_id.as_deref(), Some("p-7"));
    assert_eq!(new.contact.custom_data, r#"{"order":17,"items":["tea"]}"#);
    assert_eq!(
        new.zones,
        [America::Denver],
        "its own zone wins over the number's"
    );
    assert_eq!(
        new.not_before.map(|at| at.to_string()).as_deref(),
        Some("2026-07-02T07:00:00Z")
    );
}

#[test]
fn blank_is_the_same_as_left_out() {
    let bare = one(&json!({"phone_number": "+12025550123"}));
    let blank = one(&json!({
        "phone_number": "+12025550123", "name": " ", "email": "", "timezone": " ", "not_before": "",
        "person_id": "", "custom_data": {},
    }));
    assert_eq!(bare, blank);
    assert_eq!(bare.contact.custom_data, "");
    assert_eq!(bare.zones, [America::New_York]);
}

#[test]
fn the_candidate_zones_of_a_number_are_sorted_by_name() {
    let zones = one(&json!({"phone_number": "+18005550199"})).zones;
    assert!(zones.len() > 20);
    assert!(zones.is_sorted_by(|one, next| one.name() < next.name()));
    assert_eq!(one(&json!({"phone_number": "+870773111632"})).zones, []);
}

#[test]
fn a_national_number_is_read_by_the_default_region() {
    let judged = accepted(json!({"default_region": "GB", "contacts": [{"phone_number": "020 7946 0958"}]}));
    assert_eq!(judged.contacts[0].1.contact.phone.to_string(), "+442079460958");
}

#[test]
fn rows_are_counted_from_one() {
    let contacts = json!([{"phone_number": "+12025550123"}, {"phone_number": "+12025550124"}]);
    let judged = accepted(json!({ "contacts": contacts }));
    let rows: Vec<u64> = judged.contacts.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, [1, 2]);
}

#[test]
fn each_bad_field_of_a_contact_is_refused_by_name_and_value() {
    refuses_contact([
        (
            "phone_number",
            Value::Null,
            "contacts[0].phone_number: is required",
        ),
        (
            "phone_number",
            json!(12_025_550_123_u64),
            "contacts[0].phone_number: must be a string, or a leading + or 0 is lost: write \"12025550123\"",
        ),
        (
            "phone_number",
            json!("12"),
            "contacts[0].phone_number: `12`: too short for a phone number in US",
        ),
        (
            "phone_number",
            json!(" "),
            "contacts[0].phone_number: the phone number is missing",
        ),
        (
            "phone_number",
            json!(["+12025550123"]),
            "contacts[0].phone_number: must be a string, not a list",
        ),
        ("name", json!(7), "contacts[0].name: must be a string, not 7"),
        (
            "name",
            json!("n".repeat(201)),
            "contacts[0].name: must be at most 200 characters, not 201",
        ),
        (
            "email",
            json!("ada@home"),
            "contacts[0].email: `ada@home`: not an e-mail address: write one, such as ada@example.com, or leave it out",
        ),
        (
            "timezone",
            json!("PST"),
            "contacts[0].timezone: `PST`: an abbreviation does not name one time zone: write an IANA name, such as America/New_York",
        ),
        (
            "not_before",
            json!("soon"),
            "contacts[0].not_before: `soon` is not a time: write RFC 3339 with an offset, such as 2026-07-01T13:00:00Z",
        ),
        (
            "custom_data",
            json!([1]),
            "contacts[0].custom_data: must be an object, not a list",
        ),
        (
            "custom_data",
            json!({"x": "y".repeat(4096)}),
            "contacts[0].custom_data: must be at most 4096 bytes as JSON, not 4104",
        ),
        (
            "phone",
            json!("+12025550123"),
            "contacts[0].phone: is not a field of a contact; did you mean `phone_number`?",
        ),
    ]);
    one(&json!({"phone_number": "+12025550123", "custom_data": {"x": "y".repeat(4088)}}));
}

#[test]
fn every_bad_row_is_named_at_once() {
    let errors = refused(&campaign(json!({"contacts": [
        {"phone_number": "12"}, {"phone_number": "+12025550123"}, 7, {"email": "x"},
    ]})));
    assert_eq!(
        errors,
        [
            "contacts[0].phone_number: `12`: too short for a phone number in US",
            "contacts[2]: must be a contact: an object with phone_number, name, email …, not 7",
            "contacts[3].phone_number: is required",
            "contacts[3].email: `x`: not an e-mail address: write one, such as ada@example.com, or leave it out",
        ]
    );
}

#[test]
fn a_list_too_long_for_one_request_is_sent_to_imports() {
    let contacts = |count: usize| json!({"contacts": vec![json!({"phone_number": "+12025550123"}); count]});
    assert_eq!(accepted(contacts(10_000)).contacts.len(), 10_000);
    refuses([
        (
            contacts(10_001),
            "contacts: must have at most 10000 contacts, not 10001; upload a longer list as an import",
        ),
        (
            json!({"contacts": {}}),
            "contacts: must be a list of contacts, not an object",
        ),
    ]);
}

fn added(value: &Value) -> JudgedContacts {
    judge_contacts(value, "US").expect("the body is a list")
}

#[test]
fn of_added_contacts_the_good_rows_are_taken_and_the_bad_ones_reported() {
    let list = json!([
        {"phone_number": "+12025550123"},
        {"phone_number": "12", "timezone": "EST"},
        "x",
        {"phone_number": 12},
    ]);
    let judged = added(&list);
    assert_eq!(judged.good.len(), 1);
    assert_eq!(judged.good[0].0, 1);
    let error = |row, field: &str, value: &str, reason: &str| RowError {
        row,
        field: field.to_owned(),
        value: value.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(
        judged.bad,
        [
            error(2, "phone_number", "12", "too short for a phone number in US"),
            error(
                2,
                "timezone",
                "EST",
                "an abbreviation does not name one time zone: write an IANA name, such as America/New_York"
            ),
            error(
                3,
                "row",
                "x",
                "must be a contact: an object with phone_number, name, email …, not \"x\""
            ),
            error(
                4,
                "phone_number",
                "12",
                "must be a string, or a leading + or 0 is lost: write \"12\""
            ),
        ]
    );
    assert_eq!(
        added(&json!({ "contacts": list })),
        judged,
        "with or without the object around it"
    );
    assert_eq!(added(&json!([])), JudgedContacts::default());
}

#[test]
fn a_body_that_holds_no_list_of_contacts_is_refused_whole() {
    let long = json!(vec![Value::Null; 10_001]);
    for (body, field, message) in [
        (
            json!(7),
            "body",
            "must be a list of contacts: an object with contacts, not 7",
        ),
        (json!({}), "contacts", "is required: a list of contacts"),
        (
            json!({"contacts": "x"}),
            "contacts",
            "must be a list of contacts, not \"x\"",
        ),
        (
            json!({"contacts": [], "contact": []}),
            "contact",
            "is not a field of a list of contacts; did you mean `contacts`?",
        ),
        (
            long,
            "contacts",
            "must have at most 10000 contacts, not 10001; upload a longer list as an import",
        ),
    ] {
        let error = FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        assert_eq!(judge_contacts(&body, "US"), Err(vec![error]));
    }
    let errors = judge_contacts(&json!([]), "XX").expect_err("XX is no region");
    assert_eq!(errors[0].field, "default_region");
}

#[test]
fn an_address_has_one_at_sign_and_a_domain() {
    for good in ["ada@example.com", "a+b@x.co.uk", "ö@bücher.example"] {
        one(&json!({"phone_number": "+12025550123", "email": good}));
    }
    for bad in [
        "ada",
        "ada@",
        "@x.com",
        "a b@x.com",
        "a@x.com, b@x.com",
        "a@.com",
        "a@@x.com",
    ] {
        let judged = added(&json!([{"phone_number": "+12025550123", "email": bad}]));
        assert_eq!(judged.bad.len(), 1, "{bad}");
    }
}
