//! How the list was read: its figures, its first rows, what is wrong with it.

use std::fs::File;
use std::sync::Arc;

use maud::{Markup, html};
use outdial_contacts::check::CheckedContact;
use outdial_contacts::options::Column;
use outdial_contacts::{ContactReader, Options, Preview, PreviewRow, RowError, Source};
use outdial_domain::list_columns::{ChosenColumns, ListField};

use super::super::drafts::Draft;
use super::super::made;
use super::{columns, how};
use crate::dashboard::BASE;
use crate::dashboard::badge::words;
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::form::Form;
use crate::dashboard::numbers::count;
use crate::dashboard::visit::Visit;
use crate::error::Error;
use crate::lists;

/// What came of reading the list.
pub(super) enum Read {
    /// There is none.
    Nothing,
    /// It could be read.
    Whole(Arc<Preview>),
    /// It could not: why, and which columns it has, where at least that can be told.
    Not(String, Vec<Column>),
}

impl Read {
    /// Whether it may have several worksheets; of a list that cannot be read its name tells.
    pub(super) fn is_workbook(&self, name: Option<&str>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Whole(preview) => !matches!(preview.columns.source, Source::Text { .. }),
            Self::Not(..) => name.is_some_and(|name| name.to_ascii_lowercase().contains(".xls")),
        }
    }
}

/// Reads the list of a draft to its end, unless it was read so lately.
pub(super) async fn read(visit: &Visit, draft: &Draft) -> Result<Read, Failure> {
    if !draft.has_list(visit) {
        return Ok(Read::Nothing);
    }
    let path = draft.list(visit);
    // Its name has its digest.
    let of = format!("{:?}", (&path, made::how_to_read(draft)));
    let lists_read = &visit.outdial().inner.looks.lists;
    if let Some(preview) = lists_read.get(&of) {
        return Ok(Read::Whole(preview));
    }
    let read = match how(draft) {
        Ok(how) => lists::preview_of(&path, &how).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(preview) => Ok(Read::Whole(lists_read.keep(of, preview))),
        Err(Error::Invalid(errors)) => {
            let why: Vec<String> = errors.into_iter().map(|error| sentence(&error.message)).collect();
            let sheet = draft.fields.given("sheet").map(str::to_owned);
            let columns = tokio::task::spawn_blocking(move || bare_columns(&path, sheet)).await;
            Ok(Read::Not(why.join(" "), columns.unwrap_or_default()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The columns of a list that cannot be read as it stands: read as if the first held the numbers, so that a person can
/// say which one does. None where not even that can be told.
fn bare_columns(path: &std::path::Path, sheet: Option<String>) -> Vec<Column> {
    let mut chosen = ChosenColumns::default();
    let options = chosen
        .choose(ListField::PhoneNumber, "#1")
        .ok()
        .map(|()| Options {
            sheet,
            columns: chosen,
            ..Options::default()
        });
    let reader = options.and_then(|options| ContactReader::open(File::open(path).ok()?, options).ok());
    reader.map_or_else(Vec::new, |reader| reader.columns().all.clone())
}

pub(super) fn shown(draft: &Draft, form: &Form, read: &Read) -> Markup {
    html! {
        @match read {
            Read::Nothing => {}
            Read::Not(why, all) => section.sheet id="preview" {
                h2 { "How it is read" }
                div.flash.refused role="alert" { "This is no list that can be called yet. " (why) }
                @if !all.is_empty() { (columns::shown(form, all, false)) }
            },
            Read::Whole(preview) => section.sheet id="preview" {
                h2 { "How it is read" }
                (figures(preview))
                @if preview.contacts == 0 {
                    div.flash.note { "Nobody on this list can be called. Look at its columns, and at the rows that cannot be used." }
                }
                (columns::shown(form, &preview.columns.all, true))
                (first_rows(preview))
                (bad_rows(draft, preview))
                (duplicates(preview))
                (warnings(preview))
            }
        }
    }
}

fn figures(preview: &Preview) -> Markup {
    let figures = [
        ("Contacts", preview.contacts),
        ("Duplicates", preview.duplicates),
        ("Rows that cannot be used", preview.rejected),
        ("Rows in all", preview.rows),
        ("Blank rows", preview.blank_rows),
    ];
    html! {
        dl.figures id="figures" {
            @for (name, figure) in figures { div { dt { (name) } dd { (count(figure)) } } }
        }
        p.hint { (source(&preview.columns.source)) @if !preview.columns.header { " No row names the columns." } }
    }
}

fn source(source: &Source) -> String {
    match source {
        Source::Text { delimiter, encoding } => {
            let delimiter = match delimiter {
                '\t' => "tabs".to_owned(),
                other => format!("“{other}”"),
            };
            format!("Text in {encoding}, separated by {delimiter}.")
        }
        Source::Xlsx { sheet } | Source::Xls { sheet } => format!("A workbook; its worksheet “{sheet}”."),
    }
}

fn first_rows(preview: &Preview) -> Markup {
    html! {
        h3 { "First rows" }
        div.table tabindex="0" role="region" aria-label="First rows" {
            table id="first-rows" {
                thead { tr {
                    @for name in ["Row", "Is", "Phone number", "Name", "E-mail", "Time zone", "The rest"] { th scope="col" { (name) } }
                } }
                tbody { @for row in &preview.first_rows { (first_row(row)) } }
            }
        }
    }
}

fn first_row(row: &PreviewRow) -> Markup {
    match row {
        PreviewRow::Contact(contact) => contact_row("a contact", contact),
        PreviewRow::Duplicate(contact) => contact_row("a duplicate", contact),
        PreviewRow::Rejected(error) => html! {
            tr.bad-row {
                th scope="row" { (error.row) }
                td { "not usable" }
                td.text colspan="5" { (words(&error.field)) " “" (error.value) "”: " (error.reason) }
            }
        },
    }
}

fn contact_row(is: &str, contact: &CheckedContact) -> Markup {
    let rest = contact
        .custom_data
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    let more = [
        ("not before", &contact.not_before),
        ("person", &contact.person_id),
    ];
    let more = more
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
    let rest: Vec<String> = more.chain(rest).collect();
    html! {
        tr {
            th scope="row" { (contact.row) }
            td { (is) }
            td { (contact.phone_number) }
            td { (contact.name.as_deref().unwrap_or_default()) }
            td { (contact.email.as_deref().unwrap_or_default()) }
            td { (contact.timezone.unwrap_or_default()) }
            td.text { (rest.join("; ")) }
        }
    }
}

fn bad_rows(draft: &Draft, preview: &Preview) -> Markup {
    html! {
        @if preview.rejected > 0 {
            h3 { "Rows that cannot be used" }
            p.actions {
                a.button.quiet id="errors-csv" href={ (BASE) "/campaigns/new/" (draft.id) "/audience/errors.csv" } download { "All of them as CSV" }
                @if preview.more_errors { span.hint { "The first 100 of " (count(preview.rejected)) "." } }
            }
            (told("bad-rows", "Rows that cannot be used", &preview.errors))
        }
    }
}

fn warnings(preview: &Preview) -> Markup {
    html! {
        @if !preview.warnings.is_empty() {
            h3 { "Contacts of which something is left out" }
            @if preview.more_warnings { p.hint { "The first 100." } }
            (told("warnings", "Contacts of which something is left out", &preview.warnings))
        }
    }
}

fn told(id: &str, label: &str, errors: &[RowError]) -> Markup {
    html! {
        div.table tabindex="0" role="region" aria-label=(label) {
            table id=(id) {
                thead { tr { @for name in ["Row", "Column", "It says", "What is wrong"] { th scope="col" { (name) } } } }
                tbody {
                    @for error in errors {
                        tr { th scope="row" { (error.row) } td { (words(&error.field)) } td.text { (error.value) } td.text { (error.reason) } }
                    }
                }
            }
        }
    }
}

fn duplicates(preview: &Preview) -> Markup {
    html! {
        @if preview.duplicates > 0 {
            h3 { "Duplicates" }
            p.hint {
                "Each number is called once, as its first row says."
                @if preview.more_duplicates { " The first 100 of " (count(preview.duplicates)) "." }
            }
            div.table tabindex="0" role="region" aria-label="Duplicates" {
                table id="duplicates" {
                    thead { tr { th scope="col" { "Row" } th scope="col" { "Has the number of row" } } }
                    tbody { @for duplicate in &preview.duplicate_rows { tr { th scope="row" { (duplicate.row) } td { (duplicate.of_row) } } } }
                }
            }
        }
    }
}
