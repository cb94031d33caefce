//! The second step: whom it calls. A list is chosen, dropped or pasted; how it was read is shown, and can be put right.

use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use maud::{Markup, html};
use outdial_contacts::Region;
use outdial_domain::list_columns::{ChosenColumns, ListField};

use super::drafts::{self, Draft, SEEN};
use super::step::Step;
use super::{Go, draft, id, made, moved_unless, overtaken, shown};
use crate::bad_rows;
use crate::dashboard::failure::{Failure, FieldError};
use crate::dashboard::form::{Form, id_of};
use crate::dashboard::visit::{Visit, told};
use crate::error::Error;
use crate::http::pipe;
use crate::lists::{self, HowToRead};

mod columns;
mod preview;
mod upload;

/// What lines that were pasted are called, which are a list like any other.
const PASTED: &str = "pasted lines";
/// Pasted lines of so many bytes are shown again to be corrected; more are as a file.
const SHOWN_AGAIN: u64 = 64 << 10;

pub(super) async fn body(visit: &Visit, draft: &Draft, form: &Form) -> Result<Markup, Failure> {
    let pasted = pasted(visit, draft);
    let mut form = form.clone();
    if form.fields.given("pasted").is_none() {
        form.fields.set("pasted", pasted.unwrap_or_default());
    }
    let read = preview::read(visit, draft).await?;
    Ok(html! {
        section.sheet {
            h2 { "Contact list" }
            (there(visit, draft))
            div.field.drop .bad[form.errors.iter().any(|error| error.field == "file")] {
                label for=(id_of("file")) { "A file: choose it, or drop it here" }
                p.hint id="file-hint" { "CSV or other delimited text, XLSX or XLS, of any size. One column holds phone numbers; a first row may name the columns." }
                input type="file" name="file" id=(id_of("file")) aria-describedby="file-hint"
                    accept=".csv,.tsv,.txt,.xlsx,.xls,text/csv,text/plain,application/vnd.ms-excel,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                @for error in form.errors.iter().filter(|error| error.field == "file") {
                    p.error { (crate::dashboard::failure::sentence(&error.message)) }
                }
            }
            (form.text("pasted", "Or paste lines", 5).with("placeholder", "phone,name\n+1 202 555 0123,Ada").with("spellcheck", "false"))
            (form.input("default_region", "Region of numbers without a country code").required().with("maxlength", "2").with("autocomplete", "off")
                .hint("Two letters, as US or GB."))
            @if read.is_workbook(draft.file_name.as_deref()) || form.fields.given("sheet").is_some() {
                (form.input("sheet", "Worksheet").with("autocomplete", "off").hint("The first with anything in it, unless you name another."))
            }
            p { button.quiet name="go" value="look" formnovalidate { "Read it and show it below" } }
        }
        (preview::shown(draft, &form, &read))
    })
}

/// The list that there is.
fn there(visit: &Visit, draft: &Draft) -> Markup {
    let Some(name) = &draft.file_name else {
        return html! { p.hint { "There is no list yet. Contacts can also be added later, to a campaign that is created." } };
    };
    html! {
        @if draft.has_list(visit) {
            p.actions id="list" {
                span { "Taken: " b { (name) } }
                button.quiet name="drop" value="list" formnovalidate { "Remove it" }
            }
        } @else {
            div.flash.note id="list" { "The list “" (name) "” is not here any more, as after a restore without it. Choose it again." }
        }
    }
}

/// The lines that were pasted, where they are few enough to be corrected by hand.
fn pasted(visit: &Visit, draft: &Draft) -> Option<String> {
    let path = draft.list(visit);
    let is_short = draft.file_name.as_deref() == Some(PASTED)
        && std::fs::metadata(&path).is_ok_and(|file| file.len() <= SHOWN_AGAIN);
    is_short.then(|| std::fs::read_to_string(path).ok())?
}

/// How the list of a draft is to be read.
fn how(draft: &Draft) -> Result<HowToRead, Error> {
    let mut how = HowToRead {
        default_region: Region::US.to_string(),
        sheet: None,
        columns: ChosenColumns::default(),
    };
    for (name, value) in made::how_to_read(draft) {
        match (name, ListField::of_column_word(name)) {
            (_, Some(field)) => {
                let chosen = how.columns.choose(field, &value);
                chosen.map_err(|error| Error::field(name, error.to_string()))?;
            }
            ("sheet", _) => how.sheet = Some(value),
            _ => how.default_region = value,
        }
    }
    Ok(how)
}

/// What is wrong with the list as a whole, and with how it is to be read.
pub(super) async fn errors_of_list(visit: &Visit, draft: &Draft) -> Result<Vec<FieldError>, Failure> {
    if draft.file_name.is_none() {
        return Ok(Vec::new());
    }
    if !draft.has_list(visit) {
        return Ok(vec![FieldError {
            field: "file".to_owned(),
            message: "the list is not here any more; choose it again".to_owned(),
        }]);
    }
    let checked = match how(draft) {
        Ok(how) => lists::check_head(&draft.list(visit), &how).await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Ok(Vec::new()),
        Err(Error::Invalid(errors)) => Ok(errors.into_iter().map(field_error).collect()),
        Err(error) => Err(error.into()),
    }
}

fn field_error(error: crate::spec::FieldError) -> FieldError {
    FieldError {
        field: error.field,
        message: error.message,
    }
}

pub(super) async fn save(visit: Visit, at: Path<String>, form: Multipart) -> Result<HttpResponse, Failure> {
    let id = id(&at)?;
    // Before a long list is read for nothing.
    draft(&visit, id)?;
    let arrived = upload::receive(&visit, form).await?;
    let _turn = drafts::turn(&visit, id).await;
    let mut draft = draft(&visit, id)?;
    let mut go = Go::of(&arrived.fields);
    let is_dropped = arrived.fields.has("drop", "list");
    draft.take(Step::Audience, arrived.fields.clone());
    let list = if is_dropped {
        String::new()
    } else {
        arrived.list_digest(&visit, &draft)
    };
    let seen = arrived.fields.given(SEEN);
    let errors = draft.overtaken_with_list(Step::Audience, seen, &list);
    if !errors.is_empty() {
        let mut form = overtaken(arrived.shown_again(&draft), errors);
        if let (Some(told), true) = (&mut form.refused, arrived.has_file()) {
            told.push_str(" Choose your file again, too.");
        }
        return shown(&visit, &draft, Step::Audience, &form, StatusCode::CONFLICT).await;
    }
    if is_dropped {
        draft.drop_list(&visit);
        return moved_unless(&visit, draft, Step::Audience, Go::Stay, Vec::new()).await;
    }
    match arrived.take_list(&visit, &mut draft).await {
        // Nobody goes on with a list that they have not seen read.
        Ok(true) if go == Go::Next => go = Go::Stay,
        Ok(_) => {}
        Err(Failure::Refused(refusal)) => {
            let form = Form {
                refused: Some(told(&refusal)),
                ..Form::of(arrived.shown_again(&draft))
            };
            return shown(&visit, &draft, Step::Audience, &form, refusal.status).await;
        }
        Err(failure) => return Err(failure),
    }
    let errors = match go {
        Go::Next => errors_of_list(&visit, &draft).await?,
        _ => Vec::new(),
    };
    moved_unless(&visit, draft, Step::Audience, go, errors).await
}

/// Every row that cannot be used, as CSV.
pub(super) async fn errors(visit: Visit, at: Path<String>) -> Result<HttpResponse, Failure> {
    let draft = draft(&visit, id(&at)?)?;
    let rows = lists::bad_rows_of(&draft.list(&visit), &how(&draft)?).await?;
    Ok(pipe::file(bad_rows::CSV, "errors.csv", move |pipe| {
        rows.write_csv(pipe)
    }))
}
