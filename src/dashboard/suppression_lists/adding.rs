//! Entering numbers: one, or many that are pasted.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::entries::{self, BadRow, Shown};
use super::expiry::end_of;
use super::importing::Importing;
use super::{Sent, SuppressionList};
use crate::dashboard::BASE;
use crate::dashboard::edited;
use crate::dashboard::failure::{Failure, FieldError, sentence};
use crate::dashboard::form::{Fields, Form};
use crate::dashboard::numbers::counted;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::place;

/// The form for numbers, and what became of the last ones.
pub(super) struct Adding {
    form: Form,
    /// What was entered of them, where some were not.
    told: Option<String>,
    bad: Vec<BadRow>,
}

impl Adding {
    pub(super) fn empty() -> Self {
        Self::of(Form::default())
    }

    fn of(form: Form) -> Self {
        Self {
            form,
            told: None,
            bad: Vec::new(),
        }
    }
}

/// What became of numbers.
#[derive(Debug, Deserialize)]
struct Entered {
    added: u64,
    already_there: u64,
    errors: Vec<BadRow>,
}

pub(super) fn form(visit: &Visit, list: &SuppressionList, adding: &Adding) -> Markup {
    let form = &adding.form;
    let until = format!(
        "It is on the list to the end of this day ({} time). Empty: for good.",
        place(visit.zone)
    );
    let today = visit.now().0.with_timezone(&visit.zone).date_naive();
    html! {
        form.sheet id="add" method="post" action={ (BASE) (list.path()) "/entries" } {
            h2 { "Enter numbers" }
            @if let Some(told) = &adding.told { p.flash.note role="status" { (told) } }
            (form.summary())
            @if !adding.bad.is_empty() { (bad_rows(&adding.bad, false)) }
            // The day ends in the zone in which the form was shown.
            input type="hidden" name="zone" value=(visit.zone.name());
            (form.text("entries", "Numbers", 4).required().with("placeholder", "+1 202 555 0123").with("spellcheck", "false")
                .hint("One a line. Those without a country code are read as of the list's region."))
            (form.input("entry.note", "Reason").with("maxlength", "500").with("placeholder", "asked by letter"))
            (form.input("entry.expires_at", "Until").kind("date").with("min", today.to_string()).hint(&until))
            button.primary { "Enter" }
        }
    }
}

/// What is wrong with which rows.
pub(super) fn bad_rows(rows: &[BadRow], with_row: bool) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label="What could not be used" {
            table {
                thead { tr {
                    @if with_row { th.number scope="col" { "Row" } }
                    th scope="col" { "Stands there" } th scope="col" { "What is wrong" }
                } }
                tbody {
                    @for bad in rows {
                        tr {
                            @if with_row { th.number scope="row" { (bad.row) } }
                            td.text { (bad.value) }
                            td.text { (sentence(&bad.reason)) }
                        }
                    }
                }
            }
        }
    }
}

/// The numbers that were typed: one a line, or with commas between them.
fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(['\n', '\r', ',', ';']).map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}

pub(super) async fn add(visit: Visit, id: Path<String>, sent: Sent) -> Result<HttpResponse, Failure> {
    let mut fields = Fields(sent.into_inner());
    let own = format!("/suppression-lists/{id}");
    let typed = fields.get("entries").to_owned();
    let numbers = numbers(&typed);
    let entries = match entries(&fields, &numbers, &visit) {
        Ok(entries) => entries,
        Err(error) => {
            let form = Form {
                errors: vec![error],
                ..Form::of(fields)
            };
            return again(&visit, &id, &Adding::of(form)).await;
        }
    };
    let path = format!("{own}/entries");
    let answer = match edited::created(&visit, &path, fields.clone(), &json!({"entries": entries})).await? {
        Ok(answer) => answer,
        Err(form) => return again(&visit, &id, &Adding::of(form)).await,
    };
    let entered: Entered = answer.read()?;
    let told = told(entered.added, entered.already_there);
    if entered.errors.is_empty() {
        return Ok(visit.done(&own, told));
    }
    let (errors, bad) = sorted(entered.errors);
    fields.set("entries", left(&numbers, &errors, &bad));
    let adding = Adding {
        form: Form {
            errors,
            ..Form::of(fields)
        },
        told: Some(match bad.len() {
            0 => told,
            _ => format!("{told} What could not be used stands below: correct it and enter it again."),
        }),
        bad,
    };
    again(&visit, &id, &adding).await
}

/// Numbers as the API takes them.
fn entries(fields: &Fields, numbers: &[&str], visit: &Visit) -> Result<Vec<Value>, FieldError> {
    let error = |field: &str, message: String| FieldError {
        field: field.to_owned(),
        message,
    };
    if numbers.is_empty() {
        return Err(error("entries", "is required: at least one number".to_owned()));
    }
    let mut shared = Map::new();
    if let Some(note) = fields.given("entry.note") {
        shared.insert("note".to_owned(), note.into());
    }
    if let Some(day) = fields.given("entry.expires_at") {
        let zone = fields.get("zone").parse().unwrap_or(visit.zone);
        let end = end_of(day, zone);
        let end = end.ok_or_else(|| {
            error(
                "entry.expires_at",
                format!("`{day}` is not a day: write one as 2027-01-31, or leave it empty"),
            )
        })?;
        shared.insert("expires_at".to_owned(), end.text().into());
    }
    let entry = |number: &&str| {
        let mut entry = shared.clone();
        entry.insert("phone_number".to_owned(), (*number).into());
        Value::Object(entry)
    };
    Ok(numbers.iter().map(entry).collect())
}

/// What is wrong with the reason or the day, which all numbers share, told once; and with which numbers something is.
fn sorted(errors: Vec<BadRow>) -> (Vec<FieldError>, Vec<BadRow>) {
    let is_number = |bad: &BadRow| !["note", "expires_at"].contains(&bad.field.as_str());
    let (numbers, shared): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_number);
    let mut told: Vec<FieldError> = Vec::new();
    for bad in shared {
        // Not by its own name alone: the form for a file, which is beside this one, has that.
        let field = format!("entry.{}", bad.field);
        if told.iter().all(|error| error.field != field) {
            told.push(FieldError {
                field,
                message: bad.reason,
            });
        }
    }
    (told, numbers)
}

/// What is to be entered again: nothing was taken where the reason or the day is wrong, else all but the bad ones.
fn left(numbers: &[&str], shared: &[FieldError], bad: &[BadRow]) -> String {
    if !shared.is_empty() {
        return numbers.join("\n");
    }
    let at = |row: u64| usize::try_from(row).ok()?.checked_sub(1);
    let mut left: Vec<&str> = Vec::new();
    let mut last = None;
    for bad in bad {
        let place = at(bad.row);
        if place != last {
            left.extend(place.and_then(|place| numbers.get(place)));
        }
        last = place;
    }
    left.join("\n")
}

/// What was entered, in a sentence.
pub(super) fn told(added: u64, already_there: u64) -> String {
    let entered = match added {
        0 => "No new number is entered".to_owned(),
        1 => "1 number is entered".to_owned(),
        several => format!("{} are entered", counted(several, "number", "numbers")),
    };
    match already_there {
        0 => format!("{entered}."),
        1 => format!("{entered}; 1 was on the list already."),
        several => format!("{entered}; {several} were on the list already."),
    }
}

async fn again(visit: &Visit, id: &str, adding: &Adding) -> Result<HttpResponse, Failure> {
    let page = entries::whole(visit, id, &Shown::default(), adding, &Importing::default()).await?;
    Ok(edited::shown_again(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(row: u64, field: &str) -> BadRow {
        BadRow {
            row,
            field: field.to_owned(),
            value: String::new(),
            reason: format!("{field} is wrong"),
        }
    }

    #[test]
    fn numbers_are_pasted_a_line_each_or_with_commas_between_them() {
        assert_eq!(
            numbers("+1 202 555 0123\r\n\r\n 202-555-0124 , 202-555-0125;7"),
            ["+1 202 555 0123", "202-555-0124", "202-555-0125", "7"]
        );
    }

    #[test]
    fn only_what_could_not_be_used_is_to_be_entered_again() {
        let (shared, bad) = sorted(vec![
            bad(2, "phone_number"),
            bad(2, "row"),
            bad(4, "phone_number"),
        ]);
        assert!(shared.is_empty());
        assert_eq!(left(&["a", "b", "c", "d"], &shared, &bad), "b\nd");
    }

    #[test]
    fn a_reason_that_is_wrong_is_told_once_and_keeps_every_number_in_the_form() {
        let (shared, bad) = sorted(vec![bad(1, "note"), bad(2, "note"), bad(2, "phone_number")]);
        assert_eq!(
            (shared.len(), bad.len(), left(&["a", "b"], &shared, &bad)),
            (1, 1, "a\nb".to_owned())
        );
    }

    #[test]
    fn what_was_entered_is_told_in_a_sentence() {
        assert_eq!(told(1, 0), "1 number is entered.");
        assert_eq!(told(0, 1), "No new number is entered; 1 was on the list already.");
        assert_eq!(told(2, 3), "2 numbers are entered; 3 were on the list already.");
    }
}
