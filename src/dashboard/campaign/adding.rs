//! Adding contacts to a campaign: as a file or as lines, and what became of those that were added.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, dev};
use futures_util::stream;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::Whole;
use super::contacts::{self, Filter};
use crate::access::{Area, Role};
use crate::dashboard::api::List;
use crate::dashboard::badge::badge;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed};
use crate::dashboard::numbers::{count, counted};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

/// So many imports are listed, the newest first.
const SHOWN: usize = 10;
/// The name under which lines are taken in that were pasted.
const PASTED: &str = "pasted lines";

/// A list that was uploaded, and how far it has come.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Import {
    id: Uuid,
    file_name: String,
    sheet: Option<String>,
    state: String,
    reason: Option<String>,
    rows_read: u64,
    progress: Option<f64>,
    imported: u64,
    duplicates: u64,
    rejected: u64,
    created_at: Instant,
}

#[derive(Deserialize)]
struct Opened {
    import: Import,
}

/// The campaign's imports, newest first.
pub(super) async fn imports(visit: &Visit, whole: &Whole) -> Result<Vec<Import>, Failure> {
    let path = format!("/campaigns/{}/imports?limit=500", whole.campaign.id);
    let all: List<Import> = visit.api.get(&path).await?;
    let mut all = all.items;
    all.reverse();
    Ok(all)
}

/// Whether the viewer may add contacts to it.
pub(super) fn may(visit: &Visit, whole: &Whole) -> bool {
    visit.may_run() && !whole.has_ended()
}

pub(super) fn shown(visit: &Visit, whole: &Whole, form: &Form, imports: &[Import]) -> Markup {
    html! {
        @if may(visit, whole) {
            section.sheet id="add" {
                h2 { "Add contacts" }
                div.columns {
                    form method="post" action=(whole.address("/contacts/file")) enctype="multipart/form-data" {
                        h3 { "From a file" }
                        div.field {
                            label for="field-file" { "Contact list" }
                            p.hint id="field-file-hint" {
                                "CSV, other delimited text, XLSX or XLS, of any size. Its columns are found by their names."
                            }
                            input id="field-file" type="file" name="file" required aria-describedby="field-file-hint"
                                accept=".csv,.tsv,.txt,.xlsx,.xls";
                        }
                        button { "Add the file" }
                    }
                    form method="post" action=(whole.address("/contacts/pasted")) {
                        h3 { "As lines" }
                        (form.summary())
                        (form.text("pasted", "Lines", 6).required().with("spellcheck", "false")
                            .with("placeholder", "phone,name\n+12025550123,Ada Lovelace")
                            .hint("As in a spreadsheet: a line for each contact, below a line that names the columns; or numbers alone."))
                        button { "Add the lines" }
                    }
                }
            }
        }
        section id="imports" data-live="" {
            @if !imports.is_empty() {
                h2 { "What was added" }
                (table(visit, whole, imports))
            }
        }
    }
}

fn table(visit: &Visit, whole: &Whole, imports: &[Import]) -> Markup {
    let zone = Some(whole.campaign.timezone);
    let errors = |import: &Import| {
        format!(
            "/api/v1/campaigns/{}/imports/{}/errors?format=csv",
            whole.campaign.id, import.id
        )
    };
    html! {
        div.table tabindex="0" role="region" aria-label="Imports" {
            table {
                thead { tr {
                    th scope="col" { "List" }
                    th scope="col" { "State" }
                    th scope="col" { "When" }
                    th.number scope="col" { "Rows read" }
                    th.number scope="col" { "Added" }
                    th.number scope="col" { "Already there" }
                    th.number scope="col" { "Not usable" }
                } }
                tbody {
                    @for import in imports.iter().take(SHOWN) {
                        tr id={ "import-" (import.id) } {
                            th.text scope="row" {
                                (import.file_name)
                                @if let Some(sheet) = &import.sheet { " " span.hint { "sheet " (sheet) } }
                            }
                            td {
                                (badge(&import.state))
                                @if import.state == "running" { (progress(visit, whole, import)) }
                                @if let Some(reason) = &import.reason { " " span.hint { (reason) } }
                            }
                            td { (when(import.created_at, visit.zone, zone)) }
                            td.number { (count(import.rows_read)) }
                            td.number { (count(import.imported)) }
                            td.number { (count(import.duplicates)) }
                            td.number {
                                @if import.rejected == 0 { "0" } @else {
                                    a href=(errors(import)) download="" {
                                        (count(import.rejected)) span.hidden { " rows that could not be used, as CSV" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(more) = imports.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            p.hint { "And " (counted(more as u64, "earlier one", "earlier ones")) "." }
        }
    }
}

fn progress(visit: &Visit, whole: &Whole, import: &Import) -> Markup {
    let action = whole.address(&format!("/imports/{}/cancel", import.id));
    html! {
        div.progress {
            progress id={ "progress-" (import.id) } max="1" value=[import.progress]
                aria-label={ "Progress of " (import.file_name) } {}
            @if visit.may_run() {
                form method="post" action=(action) data-inline="" {
                    button.quiet id={ "cancel-" (import.id) }
                        data-ask="End this import? Contacts that were taken in stay." { "End" }
                }
            }
        }
    }
}

/// Takes a file in, and passes it on as it comes.
pub(super) async fn file(
    visit: Visit,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let own = format!("/campaigns/{id}/contacts");
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.ok_or_else(|| Failure::unreadable("the form says not what it is".to_owned()))?;
    let path = format!("/campaigns/{id}/imports");
    match visit.api.pass_on(&path, kind, &[], payload.into_inner()).await {
        Ok(answer) => {
            let Opened { import } = answer.read()?;
            let told = format!(
                "“{}” is being read; its contacts come as they are read.",
                import.file_name
            );
            Ok(visit.done(&own, told))
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}

/// Takes lines in as the file that they would be.
pub(super) async fn pasted(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    visit.must(Role::Operator, Area::Campaigns, true)?;
    let fields = Fields(fields.into_inner());
    // Nobody can have pasted it.
    let boundary = visit.outdial().new_id(visit.outdial().now()).simple().to_string();
    let body = as_file(fields.get("pasted"), &boundary);
    let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
        .expect("a boundary of hexadecimal digits can stand in a header");
    let payload: dev::Payload = dev::Payload::Stream {
        payload: Box::pin(stream::once(async move { Ok(Bytes::from(body)) })),
    };
    let path = format!("/campaigns/{id}/imports");
    match visit.api.pass_on(&path, &kind, &[], payload).await {
        Ok(_) => Ok(visit.done(
            &format!("/campaigns/{id}/contacts"),
            "The lines are being read; their contacts come as they are read.",
        )),
        Err(Failure::Refused(mut refusal)) => {
            // What the API calls the file is what was pasted.
            for error in &mut refusal.errors {
                error.field = "pasted".to_owned();
            }
            let whole = Whole::read(&visit, &id).await?;
            let form = Form::refused(fields, &refusal);
            let mut answer = contacts::shown(&visit, &whole, &Filter::default(), &form).await?;
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(failure) => Err(failure),
    }
}

/// A form with lines as its file.
fn as_file(lines: &str, boundary: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{PASTED}\"\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{lines}\n\r\n--{boundary}--\r\n"
    )
}

/// Ends an import; what was taken in stays.
pub(super) async fn cancel(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (id, import) = path.into_inner();
    let own = format!("/campaigns/{id}/contacts");
    let asked = visit
        .api
        .post(&format!("/campaigns/{id}/imports/{import}/cancel"), &Value::Null)
        .await;
    match asked {
        Ok(answer) => {
            let import: Import = answer.read()?;
            let told = format!("The import of “{}” is ended.", import.file_name);
            Ok(visit.done_here(&own, told))
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_pasted_travel_as_a_file_whatever_is_in_them() {
        let lines = "phone\n--boundary\r\n+12025550123";
        let body = as_file(lines, "0197c6a0");
        let parts: Vec<&str> = body.split("--0197c6a0").collect();
        assert_eq!(parts.len(), 3, "one file, before it nothing, behind it the end");
        let (_, file) = parts[1].split_once("\r\n\r\n").expect("a head");
        assert_eq!(file, format!("{lines}\n\r\n"));
    }
}
