//! `/suppression-lists/{id}/import`: a file of numbers for a do-not-call list. Role: owner.
//!
//! The answer comes when every number is durable. The file is not kept.

use std::path::PathBuf;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::auth::Owner;
use super::problem::Problem;
use super::resource;
use super::suppression_lists::list_id;
use crate::do_not_call::FromFile;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;

/// A form field beside the file may be this long.
const FIELD_LIMIT: usize = 4096;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/suppression-lists/{id}/import",
        [web::post().to(import)],
    ));
}

/// A file on disk for as long as this lives.
struct Kept(PathBuf);

impl Drop for Kept {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.0.display(), %error, "an uploaded list could not be removed");
        }
    }
}

/// What a form holds besides the file's bytes.
#[derive(Default)]
struct Form {
    has_file: bool,
    file_name: Option<String>,
    default_region: Option<String>,
    note: Option<String>,
    expires_at: Option<String>,
}

async fn import(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let list = outdial.suppression_list(owner.org, id)?;
    require_form(&request)?;
    let kept = Kept(outdial.new_import().1);
    let form = save(form, &kept).await?;
    if !form.has_file {
        return Err(Error::field("file", "send the list as form field `file`").into());
    }
    let region = form.default_region.unwrap_or(list.default_region);
    let region = region
        .parse()
        .map_err(|error| Error::field("default_region", format!("{error}")))?;
    let note = match form.note {
        Some(note) => spec::judge_note(&note).map_err(Error::Invalid)?,
        None => form
            .file_name
            .map_or_else(String::new, |name| format!("from {name}")),
    };
    let expires_at = spec::judge_expiry(&form.expires_at.unwrap_or_default(), outdial.now());
    let file = FromFile {
        path: kept.0.clone(),
        region,
        note,
        expires_at: expires_at.map_err(Error::Invalid)?,
    };
    let (judged, entered) = outdial.enter_file(owner.org, id, file).await?;
    let answer = json!({
        "rows": judged.rows,
        "added": entered.added,
        "already_there": entered.already_there,
        "rejected": judged.rejected,
        "errors": judged.errors,
    });
    Ok(HttpResponse::Ok().json(answer))
}

/// Refuses a body that is no form, such as the bare file.
fn require_form(request: &HttpRequest) -> Result<(), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("nothing");
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Ok(());
    }
    Err(Problem::wrong_media_type(format!(
        "send the numbers as the field `file` of a form, `Content-Type: multipart/form-data`, not {kind}"
    )))
}

fn unreadable(error: &MultipartError) -> Problem {
    Problem::malformed(format!("the form could not be read: {error}"))
}

/// Writes the form's file to disk, and reads the rest of it.
async fn save(mut multipart: Multipart, kept: &Kept) -> Result<Form, Problem> {
    let mut form = Form::default();
    while let Some(mut field) = multipart.try_next().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let given = field
                    .content_disposition()
                    .and_then(|header| header.get_filename());
                form.file_name = given.map(|name| name.chars().take(200).collect());
                form.has_file = true;
                write(&mut field, kept).await?;
            }
            "default_region" => form.default_region = Some(text(&name, &mut field).await?),
            "note" => form.note = Some(text(&name, &mut field).await?),
            "expires_at" => form.expires_at = Some(text(&name, &mut field).await?),
            other => {
                let message =
                    "the form has the fields file, default_region, note and expires_at, and no other";
                return Err(Error::field(other, message).into());
            }
        }
    }
    Ok(form)
}

async fn text(name: &str, field: &mut Field) -> Result<String, Problem> {
    let mut value = Vec::new();
    while let Some(bytes) = field.try_next().await.map_err(|error| unreadable(&error))? {
        value.extend_from_slice(&bytes);
        if value.len() > FIELD_LIMIT {
            return Err(Error::field(name, format!("must have at most {FIELD_LIMIT} bytes")).into());
        }
    }
    Ok(String::from_utf8_lossy(&value).trim().to_owned())
}

async fn write(field: &mut Field, kept: &Kept) -> Result<(), Problem> {
    let full = |error: std::io::Error| Problem::not_ready(format!("the upload cannot be kept: {error}"));
    let mut file = tokio::fs::File::create(&kept.0).await.map_err(full)?;
    while let Some(bytes) = field.try_next().await.map_err(|error| unreadable(&error))? {
        file.write_all(&bytes).await.map_err(full)?;
    }
    file.flush().await.map_err(full)
}
