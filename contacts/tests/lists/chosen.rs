//! Columns that a person chose, over those that are found.

use std::io::Cursor;

use outdial_contacts::{CheckReport, ListError, Options, check};
use outdial_domain::list_columns::{ChosenColumns, ListField};
use serde_json::{Value, json};

use super::workbook::{Book, row};
use ListField::{Email, Name, NotBefore, PersonId, PhoneNumber, Timezone};

const LIST: &str = "Customer,First Name,Mobile,Work Phone,Code,E-Mail\n\
                    Acme,Ada,2025550123,2025550199,A-1,ada@example.com\n";

fn chosen(columns: &[(ListField, &str)]) -> Options {
    let mut chosen = ChosenColumns::default();
    for (field, column) in columns {
        chosen.choose(*field, column).unwrap();
    }
    Options {
        columns: chosen,
        ..Options::default()
    }
}

fn try_reading(list: impl AsRef<[u8]>, columns: &[(ListField, &str)]) -> Result<CheckReport, ListError> {
    check(Cursor::new(list.as_ref().to_vec()), chosen(columns))
}

fn first(list: impl AsRef<[u8]>, columns: &[(ListField, &str)]) -> Value {
    let report = try_reading(list, columns).unwrap();
    let mut contact = serde_json::to_value(&report.contacts[0]).unwrap();
    contact
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    contact
}

#[test]
fn what_is_chosen_goes_before_what_is_found_and_what_is_freed_is_kept() {
    let columns = [(PhoneNumber, "Work Phone"), (Name, "customer"), (PersonId, "#5")];
    let expected = json!({
        "row": 2, "phone_number": "+12025550199", "name": "Acme", "email": "ada@example.com", "person_id": "A-1",
        "custom_data": {"First Name": "Ada", "Mobile": "2025550123"},
    });
    assert_eq!(first(LIST, &columns), expected);
    let cells = |number, line: &str| row(number, &line.split(',').collect::<Vec<_>>());
    let rows: String = (1..)
        .zip(LIST.lines())
        .map(|(number, line)| cells(number, line))
        .collect();
    assert_eq!(
        first(Book::of(&rows).bytes(), &columns),
        expected,
        "of a workbook too"
    );
}

#[test]
fn a_field_that_is_in_no_column_is_not_looked_for() {
    let contact = first(LIST, &[(Email, ""), (Name, "")]);
    assert_eq!(
        (&contact["email"], &contact["name"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(contact["custom_data"]["E-Mail"], "ada@example.com");
    assert_eq!(contact["custom_data"]["First Name"], "Ada");
}

#[test]
fn a_name_is_joined_from_the_columns_in_the_order_in_which_they_were_chosen() {
    let contact = first(LIST, &[(Name, "Code"), (Name, "First Name"), (Name, "code")]);
    assert_eq!(contact["name"], "A-1 Ada");
}

#[test]
fn a_list_without_a_header_has_its_columns_by_place_and_by_number() {
    let list = "Ada,2025550123,America/Denver,x@example.com\nBob,2025550124,America/Denver,\n";
    let contact = first(list, &[(Name, "#1"), (Timezone, "column_3"), (Email, "#4")]);
    let expected = json!({
        "row": 1, "phone_number": "+12025550123", "name": "Ada", "timezone": "America/Denver",
        "email": "x@example.com", "custom_data": {},
    });
    assert_eq!(contact, expected);
}

#[test]
fn a_column_beyond_the_header_can_be_chosen() {
    let list = "Phone\n2025550123,Ada\n";
    for column in ["#2", "column_2"] {
        assert_eq!(first(list, &[(Name, column)])["name"], "Ada");
    }
}

#[test]
fn a_column_of_numbers_that_was_taken_for_something_else_is_not_the_phone_column() {
    let list = "Number,Reach at\n2025550123,2025550124\n2025550125,2025550126\n";
    let contact = first(list, &[(PersonId, "Number")]);
    assert_eq!(
        (&contact["phone_number"], &contact["person_id"]),
        (&json!("+12025550124"), &json!("2025550123"))
    );
    let refused = try_reading("Phone\n2025550123\n", &[(PersonId, "Phone")]).unwrap_err();
    assert!(matches!(refused, ListError::NoPhoneColumn { .. }), "{refused}");
}

#[test]
fn a_list_whose_phone_column_nobody_would_know_is_read_by_the_chosen_one() {
    let list = "Ref,Ring\n1,n/a\n2,n/a\n3,n/a\n4,2025550123\n";
    assert!(try_reading(list, &[]).is_err());
    let report = try_reading(list, &[(PhoneNumber, "Ring")]).unwrap();
    assert_eq!(super::numbers(&report), [(5, "+12025550123")]);
    assert_eq!(report.errors.len(), 3);
}

#[test]
fn an_export_is_put_right_in_the_same_way() {
    let list = "phone_number,name,email,timezone,not_before,person_id,status,status_reason,attempt_count,called_at,\
                last_outcome,result_summary,error_message,sentiment_score,Other\n\
                +12025550123,Ada,,,,7,failed,,,,,,,,+12025550124\n";
    let contact = first(
        list,
        &[
            (PhoneNumber, "Other"),
            (PersonId, "status"),
            (Name, "name"),
            (Name, "person_id"),
        ],
    );
    let expected = json!({
        "row": 2, "phone_number": "+12025550124", "name": "Ada 7", "person_id": "failed",
        "custom_data": {"phone_number": "+12025550123"},
    });
    assert_eq!(contact, expected);
}

#[test]
fn a_choice_that_cannot_be_is_refused_with_the_columns_that_there_are() {
    for (columns, field, says) in [
        (
            &[(NotBefore, "When")][..],
            NotBefore,
            "no column `When` to take `not_before` from; the columns are: Customer, First Name, Mobile, Work Phone, \
             Code, E-Mail; a column goes by its name, or by its place, as #1",
        ),
        (
            &[(PhoneNumber, "#7")],
            PhoneNumber,
            "no column `#7` to take `phone_number` from; the columns are: Customer, First Name, Mobile, Work Phone, \
             Code, E-Mail; a column goes by its name, or by its place, as #1",
        ),
        (
            &[(Name, "Code"), (PersonId, "#5")],
            PersonId,
            "column `Code` is chosen for `person_id` and for `name`; choose it for one of them",
        ),
    ] {
        let refused = try_reading(LIST, columns).unwrap_err();
        assert_eq!(
            (refused.to_string().as_str(), refused.chosen_field()),
            (says, Some(field))
        );
    }
}

#[test]
fn every_column_is_told_with_what_it_is_understood_as_and_what_is_in_it() {
    let list = "List of July\nPhone,Last,First,,City\n2025550123,\"=\"\"Lee\"\"\",Ada,,\n2025550124,,,,Rome\n,,,,,more\n";
    let report = try_reading(list, &[(Timezone, "")]).unwrap();
    let all = serde_json::to_value(&report.columns.all).unwrap();
    let expected = json!([
        {"place": 1, "name": "Phone", "field": "phone_number", "examples": ["2025550123", "2025550124"]},
        {"place": 2, "name": "Last", "field": "name", "examples": ["Lee"]},
        {"place": 3, "name": "First", "field": "name", "examples": ["Ada"]},
        {"place": 4, "name": "column_4", "field": "custom_data", "examples": []},
        {"place": 5, "name": "City", "field": "custom_data", "examples": ["Rome"]},
        {"place": 6, "name": "column_6", "field": "custom_data", "examples": ["more"]},
    ]);
    assert_eq!(all, expected);
}
