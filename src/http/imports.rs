//! `/campaigns/{id}/imports`: contact lists of any size, as files. Role: owner.
//!
//! The upload is on disk and synced before its 202; its rows follow by themselves, also after a restart.

use std::path::Path as FilePath;

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt;
use outdial_contacts::{ContactReader, Options, Region};
use outdial_domain::ids::ImportId;
use outdial_domain::import::RejectedRow;
use outdial_storage::read;
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{path, resource};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::uploads;
use crate::view;

/// A form field beside the file may be this long.
const FIELD_LIMIT: usize = 1024;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/campaigns/{id}/imports",
        [web::post().to(create), web::get().to(list)],
    ));
    config.service(resource(
        "/campaigns/{id}/imports/{import_id}",
        [web::get().to(get)],
    ));
    config.service(resource(
        "/campaigns/{id}/imports/{import_id}/errors",
        [web::get().to(errors)],
    ));
}

/// What an upload holds besides its bytes.
struct Upload {
    file_name: String,
    default_region: Option<String>,
}

async fn create(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    is_form(&request)?;
    let (import, file) = outdial.new_import();
    let taken = async {
        let upload = save(form, &file).await?;
        let region = upload
            .default_region
            .unwrap_or(state.definition.settings.default_region);
        check_head(&file, &region).await?;
        let opened = outdial
            .open_import(owner.org, state.id, import, upload.file_name, region)
            .await;
        Ok::<_, Problem>(opened?)
    };
    match taken.await {
        Ok(import) => {
            let location = format!("/api/v1/campaigns/{}/imports/{}", state.id, import.id);
            let answer = json!({"import": view::import_view(&import)});
            Ok(HttpResponse::Accepted()
                .insert_header(("Location", location))
                .json(answer))
        }
        Err(problem) => {
            uploads::forget(&outdial.inner.uploads, import);
            Err(problem)
        }
    }
}

/// Refuses a body that is no form, such as the bare file.
fn is_form(request: &HttpRequest) -> Result<(), Problem> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("nothing");
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Ok(());
    }
    Err(Problem::wrong_media_type(format!(
        "send the contact list as the field `file` of a form, `Content-Type: multipart/form-data`, not {kind}"
    )))
}

/// Writes the form's file to disk.
async fn save(mut form: Multipart, file: &FilePath) -> Result<Upload, Problem> {
    let unreadable = |error| Problem::malformed(format!("the form could not be read: {error}"));
    let mut file_name = None;
    let mut default_region = None;
    while let Some(mut field) = form.try_next().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let given = field
                    .content_disposition()
                    .and_then(|header| header.get_filename());
                file_name = Some(given.unwrap_or("list").to_owned());
                write(&mut field, file).await?;
            }
            "default_region" => {
                let mut value = Vec::new();
                while let Some(bytes) = field.try_next().await.map_err(unreadable)? {
                    value.extend_from_slice(&bytes);
                    if value.len() > FIELD_LIMIT {
                        return Err(
                            Error::field("default_region", "is too long: write a region like US").into(),
                        );
                    }
                }
                default_region = Some(String::from_utf8_lossy(&value).trim().to_owned());
            }
            other => {
                let message = "the form has the fields file and default_region, and no other";
                return Err(Error::field(other, message).into());
            }
        }
    }
    let file_name =
        file_name.ok_or_else(|| Error::field("file", "send the contact list as form field `file`"))?;
    Ok(Upload {
        file_name,
        default_region,
    })
}

async fn write(field: &mut actix_multipart::Field, path: &FilePath) -> Result<(), Problem> {
    let full = |error: std::io::Error| Problem::not_ready(format!("the upload cannot be kept: {error}"));
    let mut file = tokio::fs::File::create(path).await.map_err(full)?;
    loop {
        match field.try_next().await {
            Ok(Some(bytes)) => file.write_all(&bytes).await.map_err(full)?,
            Ok(None) => break,
            Err(error) => return Err(Problem::malformed(format!("the upload broke off: {error}"))),
        }
    }
    file.flush().await.map_err(full)
}

/// Refuses at once what is no contact list, so that nothing is opened for it.
async fn check_head(file: &FilePath, region: &str) -> Result<(), Error> {
    let default_region: Region = region
        .parse()
        .map_err(|error| Error::field("default_region", format!("{error}")))?;
    let file = file.to_owned();
    let checked = web::block(move || {
        let file = std::fs::File::open(&file).map_err(|error| error.to_string())?;
        ContactReader::open(file, Options { default_region })
            .map(drop)
            .map_err(|error| error.to_string())
    });
    let checked = checked
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))?;
    checked.map_err(|reason| Error::field("file", reason))
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &[])?;
    let imports = read::imports(outdial.inner.store.as_ref(), state.id).map_err(Error::from)?;
    let total = imports.len() as u64;
    let last: Option<ImportId> = query.cursor()?;
    let rest = imports
        .into_iter()
        .filter(|import| last.is_none_or(|last| import.id > last))
        .collect();
    let page = query.page(
        rest,
        Some(total),
        |import| import.id.to_string(),
        |import| view::import_view(&import),
    );
    Ok(HttpResponse::Ok().json(page))
}

async fn get(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let import = outdial.import_state(state.id, path::id("import", &import)?)?;
    Ok(HttpResponse::Ok().json(view::import_view(&import)))
}

#[derive(Deserialize)]
struct Format {
    format: Option<String>,
}

async fn errors(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
    format: Query<Format>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let state = outdial.campaign_of(owner.org, path::id("campaign", &campaign)?)?;
    let import = outdial.import_state(state.id, path::id("import", &import)?)?;
    let store = outdial.inner.store.as_ref();
    let query = ListQuery::read(&request, &["format"])?;
    let show = |row: RejectedRow| json!({"row": row.row, "field": row.field, "value": row.value, "reason": row.reason});
    match format.format.as_deref() {
        None | Some("json") => {
            let last: Option<u64> = query.cursor()?;
            let rows = read::rejected(store, state.id, import.id, last.unwrap_or(0), query.limit + 1);
            let rows = rows.map_err(Error::from)?;
            let page = query.page(rows, Some(import.rejected), |row| row.row.to_string(), show);
            Ok(HttpResponse::Ok().json(page))
        }
        Some("csv") => {
            let rows = read::rejected(store, state.id, import.id, 0, usize::MAX).map_err(Error::from)?;
            let mut csv = "row,field,value,reason\r\n".to_owned();
            for row in rows {
                let cells = [row.row.to_string(), row.field, row.value, row.reason];
                csv.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
                csv.push_str("\r\n");
            }
            Ok(HttpResponse::Ok()
                .content_type("text/csv; charset=utf-8")
                .body(csv))
        }
        Some(other) => Err(Error::field("format", format!("`{other}` is neither json nor csv")).into()),
    }
}

/// A cell as spreadsheets read it (RFC 4180), with formulas made harmless by a leading apostrophe.
fn csv_cell(text: &str) -> String {
    let harmless = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    format!("\"{}\"", harmless.replace('"', "\"\""))
}
