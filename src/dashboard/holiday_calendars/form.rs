//! The form for a calendar: a row for each date, more or fewer of them at the press of a button.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Calendar, dates::Holiday, page, today};
use crate::access::{Area, Role};
use crate::dashboard::BASE;
use crate::dashboard::edited::{self, TAG};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed};
use crate::dashboard::once;
use crate::dashboard::visit::Visit;

/// Empty rows of a new calendar.
const NEW_ROWS: usize = 3;

/// A date as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    name: String,
    date: String,
    yearly: bool,
}

impl Row {
    fn is_blank(&self) -> bool {
        self.name.is_empty() && self.date.is_empty()
    }
}

/// The name of a row's control, which is that of the API's field.
fn field(row: usize, name: &str) -> String {
    format!("dates[{row}].{name}")
}

/// The rows that were sent, in order.
fn rows(fields: &Fields) -> Vec<Row> {
    let mut rows = Vec::new();
    let is_there = |row: usize| {
        let name = field(row, "name");
        fields.0.iter().any(|(known, _)| *known == name)
    };
    while is_there(rows.len()) {
        let at = |name| fields.get(&field(rows.len(), name));
        rows.push(Row {
            name: at("name").to_owned(),
            date: at("date").to_owned(),
            yearly: at("yearly") == "true",
        });
    }
    rows
}

/// Puts these rows in place of those that were there.
fn put_rows(fields: &mut Fields, rows: &[Row]) {
    fields.0.retain(|(name, _)| !name.starts_with("dates["));
    for (place, row) in rows.iter().enumerate() {
        fields.set(&field(place, "name"), &*row.name);
        fields.set(&field(place, "date"), &*row.date);
        if row.yearly {
            fields.set(&field(place, "yearly"), "true");
        }
    }
}

/// Does what a button asks for that changes the rows alone; whether one did.
fn rearranged(fields: &mut Fields) -> bool {
    let mut all = rows(fields);
    if fields.given("add").is_some() {
        all.push(Row::default());
    } else if let Some(place) = fields
        .given("remove")
        .and_then(|place| place.parse::<usize>().ok())
    {
        if place < all.len() {
            all.remove(place);
        }
    } else {
        return false;
    }
    put_rows(fields, &all);
    true
}

/// What the API is asked for; rows in which nothing stands are left out, in the form as well, so that what is said of
/// a row stands at it.
fn asked(fields: &mut Fields) -> Value {
    let mut all = rows(fields);
    all.retain(|row| !row.is_blank());
    put_rows(fields, &all);
    let dates: Vec<Value> = all
        .iter()
        .map(|row| json!({"name": row.name, "date": row.date, "yearly": row.yearly}))
        .collect();
    json!({"name": fields.get("name"), "description": fields.get("description"), "dates": dates})
}

pub(super) async fn ask(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::HolidayCalendars, true)?;
    let mut fields = Fields::default();
    put_rows(&mut fields, &vec![Row::default(); NEW_ROWS]);
    Ok(shown(&visit, None, &Form::of(once::with_token(&visit, fields))))
}

pub(super) async fn edit(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::HolidayCalendars, true)?;
    let (calendar, tag): (Calendar, _) = edited::opened(&visit, &format!("/holiday-calendars/{id}")).await?;
    let mut fields = Fields::default();
    fields.set(TAG, tag);
    fields.set("name", &*calendar.name);
    fields.set("description", &*calendar.description);
    let today = today(&visit);
    let row = |holiday: &Holiday| Row {
        name: holiday.name.clone(),
        date: holiday.for_control(today),
        yearly: holiday.yearly,
    };
    let rows: Vec<Row> = calendar.dates.iter().map(row).collect();
    put_rows(&mut fields, &rows);
    Ok(shown(&visit, Some(&id), &Form::of(fields)))
}

type Sent = Typed;

pub(super) async fn create(visit: Visit, sent: Sent) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::HolidayCalendars, true)?;
    let mut fields = Fields(sent.into_inner());
    if rearranged(&mut fields) {
        return Ok(shown(&visit, None, &Form::of(fields)));
    }
    let body = asked(&mut fields);
    match edited::created(&visit, "/holiday-calendars", fields, &body).await? {
        Ok(answer) => {
            let calendar: Calendar = answer.read()?;
            let told = format!("“{}” is created. Campaigns keep it that name it.", calendar.name);
            Ok(visit.done(&calendar.path(), told))
        }
        Err(form) => Ok(edited::shown_again(shown(&visit, None, &form))),
    }
}

pub(super) async fn change(visit: Visit, id: Path<String>, sent: Sent) -> Result<HttpResponse, Failure> {
    visit.must(Role::Admin, Area::HolidayCalendars, true)?;
    let mut fields = Fields(sent.into_inner());
    if rearranged(&mut fields) {
        return Ok(shown(&visit, Some(&id), &Form::of(fields)));
    }
    let own = format!("/holiday-calendars/{id}");
    let body = asked(&mut fields);
    match edited::changed(&visit, &own, fields, &body).await? {
        Ok(_) => Ok(visit.done(&own, "Saved. Campaigns that keep it know.")),
        Err(form) => Ok(edited::shown_again(shown(&visit, Some(&id), &form))),
    }
}

/// The form for a calendar, a new one where there is no id yet.
fn shown(visit: &Visit, id: Option<&str>, form: &Form) -> HttpResponse {
    let title = if id.is_some() {
        "Edit the calendar"
    } else {
        "New calendar"
    };
    let all = format!("{BASE}/holiday-calendars");
    let (action, back) = match id {
        None => (format!("{all}/new"), all.clone()),
        Some(id) => (format!("{all}/{id}/edit"), format!("{all}/{id}")),
    };
    let body = html! {
        p.crumbs { a href=(all) { "Calendars" } }
        div.heading { h1 { (title) } }
        form.sheet method="post" action=(action) {
            // What the Enter key presses is the first button: it must save, and neither add nor remove.
            button.hidden tabindex="-1" aria-hidden="true" { "Save" }
            (form.summary())
            @if let Some(tag) = form.fields.given(TAG) { input type="hidden" name=(TAG) value=(tag); }
            @else { (once::hidden(&form.fields)) }
            (form.input("name", "Name").required().with("maxlength", "200").with("placeholder", "United States 2027"))
            (form.text("description", "What it is for", 2))
            (dates(form, &action))
            div.actions {
                button.primary { @if id.is_some() { "Save" } @else { "Create the calendar" } }
                a.button.quiet href=(back) { "Cancel" }
            }
        }
    };
    page(visit, title, body)
}

fn dates(form: &Form, action: &str) -> Markup {
    let rows = rows(&form.fields);
    html! {
        fieldset.dates id="field-dates" {
            legend { "Days" }
            p.hint { "Of a day of every year, the year in its date does not matter. Rows in which nothing stands are left out." }
            ol {
                @for place in 0..rows.len() {
                    li.date id={ "date-" (place) } {
                        (form.input(&field(place, "name"), &format!("Day {}", place + 1)).with("maxlength", "200"))
                        (form.input(&field(place, "date"), &format!("Date of day {}", place + 1)).kind("date"))
                        (form.tick(&field(place, "yearly"), "true", "every year"))
                        button.quiet name="remove" value=(place) formnovalidate formaction={ (action) "#field-dates" } {
                            "Remove" span.hidden { " day " (place + 1) }
                        }
                    }
                }
            }
            button.quiet name="add" value="1" id="add-date" formnovalidate formaction={ (action) "#date-" (rows.len()) } {
                "Add a day"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Fields {
        Fields(crate::dashboard::form::choices(all))
    }

    fn two() -> Fields {
        fields(&[
            ("name", "US"),
            ("dates[0].name", ""),
            ("dates[0].date", ""),
            ("dates[1].name", "Christmas"),
            ("dates[1].date", "2026-12-25"),
            ("dates[1].yearly", "true"),
        ])
    }

    #[test]
    fn rows_in_which_nothing_stands_are_left_out_of_what_is_asked_and_of_the_form() {
        let mut fields = two();
        let body = asked(&mut fields);
        let expected = json!([{"name": "Christmas", "date": "2026-12-25", "yearly": true}]);
        assert_eq!(body["dates"], expected);
        assert_eq!(fields.get("dates[0].name"), "Christmas");
        assert_eq!(rows(&fields).len(), 1);
    }

    #[test]
    fn a_button_adds_a_row_or_takes_one_away_and_keeps_what_was_typed() {
        let mut more = two();
        more.set("add", "1");
        assert!(rearranged(&mut more));
        assert_eq!((rows(&more).len(), more.get("dates[1].name")), (3, "Christmas"));
        let mut fewer = two();
        fewer.set("remove", "0");
        assert!(rearranged(&mut fewer));
        let left = Row {
            name: "Christmas".to_owned(),
            date: "2026-12-25".to_owned(),
            yearly: true,
        };
        assert_eq!((rows(&fewer), fewer.get("name")), (vec![left], "US"));
        assert!(!rearranged(&mut two()));
    }

    #[test]
    fn a_row_that_is_not_there_is_not_removed() {
        for place in ["2", "-1", "x"] {
            let mut all = two();
            all.set("remove", place);
            rearranged(&mut all);
            assert_eq!(rows(&all).len(), 2, "{place}");
        }
    }
}
