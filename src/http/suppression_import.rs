//! `/suppression-lists/{id}/import`: a file of numbers for a do-not-call list.
//!
//! The answer comes when every number is durable. The file is not kept.

use std::path::Path as FilePath;

use actix_multipart::{Field, Multipart};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt;

use super::list_form;
use super::openapi::NumbersForm;
use super::operation::Api;
use super::problem::Problem;
use super::suppression_lists::list_id;
use crate::access::{Area, Caller, Role};
use crate::do_not_call::FromFile;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::uploads::Passing;
use crate::view::{self, EnteredFileView};

/// A form field beside the file may be this long.
const FIELD_LIMIT: usize = 4096;

pub(crate) fn routes(api: &mut Api) {
    api.post("/suppression-lists/{id}/import", import)
        .says("Enter the numbers of a file")
        .called("importSuppressions")
        .takes_form::<NumbersForm>()
        .answers::<EnteredFileView>()
        .needs(Role::Operator, Area::SuppressionLists);
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
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let id = list_id(&id)?;
    let list = outdial.suppression_list(caller.org, id)?;
    list_form::is_form(&request, "the numbers")?;
    let (passing, path) = outdial.new_import();
    let _passing = Passing::of(&outdial.inner.uploads, passing);
    let form = save(form, &path).await?;
    if !form.has_file {
        return Err(Error::field("file", "send the list as form field `file`").into());
    }
    let region = form.default_region.unwrap_or(list.default_region);
    let region = region
        .parse()
        .map_err(|error| Error::field("default_region", format!("{error}")))?;
    let note = match form.note.filter(|note| !note.trim().is_empty()) {
        Some(note) => spec::judge_note(&note).map_err(Error::Invalid)?,
        None => form
            .file_name
            .map_or_else(String::new, |name| format!("from {name}")),
    };
    let expires_at = spec::judge_expiry(&form.expires_at.unwrap_or_default(), outdial.now());
    let file = FromFile {
        path,
        region,
        note,
        expires_at: expires_at.map_err(Error::Invalid)?,
    };
    let (judged, entered) = outdial.enter_file(caller.org, id, file).await?;
    Ok(HttpResponse::Ok().json(view::entered_file_view(judged, entered)))
}

/// Writes the form's file to disk, and reads the rest of it.
async fn save(mut multipart: Multipart, file: &FilePath) -> Result<Form, Problem> {
    let mut form = Form::default();
    while let Some(mut field) = multipart
        .try_next()
        .await
        .map_err(|error| list_form::unreadable(&error))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let given = field
                    .content_disposition()
                    .and_then(|header| header.get_filename());
                form.file_name = given.map(|name| name.chars().take(200).collect());
                form.has_file = true;
                list_form::write(&mut field, file).await?;
            }
            "default_region" => form.default_region = Some(text(&mut field, &name).await?),
            "note" => form.note = Some(text(&mut field, &name).await?),
            "expires_at" => form.expires_at = Some(text(&mut field, &name).await?),
            other => {
                let message =
                    "the form has the fields file, default_region, note and expires_at, and no other";
                return Err(Error::field(other, message).into());
            }
        }
    }
    Ok(form)
}

async fn text(field: &mut Field, name: &str) -> Result<String, Problem> {
    let too_long = format!("must have at most {FIELD_LIMIT} bytes");
    list_form::text(field, name, FIELD_LIMIT, &too_long).await
}
