//! Entering the numbers of a file, which is passed on to the API as it comes.

use std::cell::RefCell;
use std::rc::Rc;

use actix_multipart::{Field, Multipart};
use actix_web::dev;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{Bytes, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{TryStreamExt, stream};
use maud::{Markup, html};
use serde::Deserialize;

use super::SuppressionList;
use super::adding::{Adding, bad_rows, told};
use super::entries::{self, BadRow, Shown};
use super::expiry::spans;
use crate::dashboard::BASE;
use crate::dashboard::edited;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form};
use crate::dashboard::numbers::count;
use crate::dashboard::visit::Visit;

/// What is kept of a form while it is passed on: its fields stand before the file.
const KEPT: usize = 16 << 10;

/// The form for a file, and what became of the last one.
#[derive(Default)]
pub(super) struct Importing {
    form: Form,
    imported: Option<Imported>,
}

/// What became of a file.
#[derive(Debug, Deserialize)]
struct Imported {
    rows: u64,
    added: u64,
    already_there: u64,
    rejected: u64,
    errors: Vec<BadRow>,
}

pub(super) fn form(visit: &Visit, list: &SuppressionList, importing: &Importing) -> Markup {
    let mut form = importing.form.clone();
    if form.fields.given("default_region").is_none() {
        form.fields.set("default_region", &*list.default_region);
    }
    let mut spans = spans(visit.now());
    // What was chosen before is there still, although now is later.
    let chosen = form.fields.get("expires_at").to_owned();
    if spans.iter().all(|(value, _)| *value != chosen) {
        spans.push((chosen.clone(), format!("until {chosen}")));
    }
    html! {
        form.sheet id="import" method="post" enctype="multipart/form-data" action={ (BASE) (list.path()) "/import" } {
            h2 { "Import a file" }
            @if let Some(imported) = &importing.imported { (result(imported)) }
            (form.summary())
            (form.input("note", "Reason").with("maxlength", "500").hint("Empty: the file's name."))
            (form.input("default_region", "Region of its numbers").required().with("maxlength", "2")
                .with("pattern", "[A-Za-z]{2}").hint("Two letters, such as US or GB, for numbers without a country code."))
            (form.select("expires_at", "How long", spans))
            (form.input("file", "File").required().kind("file")
                .hint("CSV, Excel or text, of any size. The column of telephone numbers is found by itself; the file is not kept."))
            button.primary { "Import" }
        }
    }
}

fn result(imported: &Imported) -> Markup {
    html! {
        div role="status" id="imported" {
            p.flash.note { (told(imported.added, imported.already_there)) " Some rows could not be used." }
            dl.figures {
                div { dt { "Rows" } dd { (count(imported.rows)) } }
                div { dt { "Entered" } dd { (count(imported.added)) } }
                div { dt { "Already there" } dd { (count(imported.already_there)) } }
                div { dt { "Not usable" } dd { (count(imported.rejected)) } }
            }
            (bad_rows(&imported.errors, true))
            @if imported.rejected > imported.errors.len() as u64 {
                p.hint { "These are the first " (imported.errors.len()) " of " (count(imported.rejected)) "." }
            }
        }
    }
}

pub(super) async fn import(
    visit: Visit,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let own = format!("/suppression-lists/{id}");
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let kind = kind.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"));
    let beginning = Rc::new(RefCell::new(Vec::new()));
    let passed = noted(payload, &beginning);
    let answer = visit
        .api
        .pass_on(&format!("{own}/import"), &kind, &[], passed)
        .await;
    let refusal = match answer {
        Ok(answer) => {
            let imported: Imported = answer.read()?;
            if imported.rejected == 0 {
                let told = told(imported.added, imported.already_there);
                return Ok(visit.done(&own, format!("The file is read. {told}")));
            }
            let importing = Importing {
                imported: Some(imported),
                ..Importing::default()
            };
            return entries::whole(&visit, &id, &Shown::default(), &Adding::empty(), &importing).await;
        }
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(failure),
    };
    let fields = typed(kind, beginning.take()).await;
    let importing = Importing {
        form: Form::refused(fields, &refusal),
        imported: None,
    };
    let page = entries::whole(&visit, &id, &Shown::default(), &Adding::empty(), &importing).await?;
    Ok(edited::shown_again(page))
}

/// A body as it comes, its beginning noted down.
fn noted(payload: Payload, beginning: &Rc<RefCell<Vec<u8>>>) -> dev::Payload {
    let beginning = Rc::clone(beginning);
    let payload = payload.inspect_ok(move |bytes: &Bytes| {
        let mut kept = beginning.borrow_mut();
        let room = KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    });
    dev::Payload::Stream {
        payload: Box::pin(payload),
    }
}

/// What was typed beside the file, out of the beginning of the form.
async fn typed(kind: HeaderValue, beginning: Vec<u8>) -> Fields {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, kind);
    let bytes = stream::once(async move { Ok::<_, actix_web::error::PayloadError>(Bytes::from(beginning)) });
    let mut form = Multipart::new(&headers, Box::pin(bytes));
    let mut fields = Fields::default();
    while let Ok(Some(mut field)) = form.try_next().await {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            break;
        }
        let Some(text) = text(&mut field).await else { break };
        fields.set(&name, text);
    }
    fields
}

async fn text(field: &mut Field) -> Option<String> {
    let mut all = Vec::new();
    while let Some(bytes) = field.try_next().await.ok()? {
        all.extend_from_slice(&bytes);
    }
    Some(String::from_utf8_lossy(&all).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn what_was_typed_beside_a_file_is_known_from_the_beginning_of_the_form() {
        let form = "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nby letter\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"default_region\"\r\n\r\nGB\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n+4420";
        let kind = HeaderValue::from_static("multipart/form-data; boundary=x");
        let fields = typed(kind, form.into()).await;
        assert_eq!(
            (fields.get("note"), fields.get("default_region")),
            ("by letter", "GB")
        );
    }

    #[actix_web::test]
    async fn of_what_is_no_form_nothing_was_typed() {
        let fields = typed(HeaderValue::from_static("text/plain"), b"x".to_vec()).await;
        assert_eq!(fields, Fields::default());
    }
}
