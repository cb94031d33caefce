//! Which column holds what: as it was found, and as a person says.

use maud::{Markup, html};
use outdial_contacts::options::Column;

use super::super::made::NO_COLUMN;
use crate::dashboard::badge::words;
use crate::dashboard::form::Form;

/// The fields of a contact that a list has columns for: control, label, and the field that the column is read as.
const CONTROLS: [(&str, &str, &str); 7] = [
    ("phone_number_column", "Phone number", "phone_number"),
    ("name_column", "Name", "name"),
    ("name_column_2", "Second part of the name", "name"),
    ("email_column", "E-mail", "email"),
    ("timezone_column", "Time zone", "timezone"),
    ("not_before_column", "Not before", "not_before"),
    ("person_id_column", "Person", "person_id"),
];

/// All columns, and a control for each field that has one of its own. `is_found`: whether they are read as it says, and
/// not only by their names, because the list could not be read.
pub(super) fn shown(form: &Form, columns: &[Column], is_found: bool) -> Markup {
    html! {
        h3 { "Columns" }
        @if is_found { (table(columns)) }
        p.hint { "Where a column was taken for the wrong thing, say what it is, and read the list again. Whatever has no field of its own is kept with the contact." }
        div.columns.controls {
            @for (control, label, field) in CONTROLS {
                @let place = if control == "name_column_2" { 1 } else { 0 };
                @let found = columns.iter().filter(|column| column.field == Some(field)).nth(place).filter(|_| is_found);
                (form.select(control, label, options(columns, control, found)))
            }
        }
        p { button.quiet name="go" value="look" formnovalidate { "Read it again" } }
    }
}

fn options(columns: &[Column], control: &str, found: Option<&Column>) -> Vec<(String, String)> {
    let found = found.map_or_else(|| "none".to_owned(), |column| column.name.clone());
    let mut all = vec![(String::new(), format!("as found ({found})"))];
    if control != "phone_number_column" {
        all.push((NO_COLUMN.to_owned(), "no column".to_owned()));
    }
    all.extend(columns.iter().map(|column| {
        let place = column.place;
        (format!("#{place}"), format!("{place}: {}", column.name))
    }));
    all
}

fn table(columns: &[Column]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label="Columns of the list" {
            table id="columns" {
                thead { tr { th.number scope="col" { "Place" } th scope="col" { "Column" } th scope="col" { "Read as" } th scope="col" { "For example" } } }
                tbody {
                    @for column in columns {
                        tr {
                            td.number { (column.place) }
                            th scope="row" { (column.name) }
                            td {
                                @match column.field {
                                    None => span.hint { "not read" },
                                    Some("custom_data") => "kept with the contact",
                                    Some(field) => b { (words(field)) }
                                }
                            }
                            td.text { (column.examples.join(", ")) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_chosen_by_its_place_and_numbers_must_be_somewhere() {
        let column = Column {
            place: 2,
            name: "none".to_owned(),
            field: Some("phone_number"),
            examples: Vec::new(),
        };
        let phone = options(
            std::slice::from_ref(&column),
            "phone_number_column",
            Some(&column),
        );
        let values: Vec<&str> = phone.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["", "#2"]);
        assert_eq!(phone[0].1, "as found (none)");
        let email = options(&[column], "email_column", None);
        assert_eq!(email[1].0, NO_COLUMN);
    }
}
