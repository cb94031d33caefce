//! A contact list as a form: its file onto disk, its other fields into hand.

use std::path::Path;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::ServiceRequest;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::TryStreamExt;
use outdial_domain::list_columns::{ChosenColumns, ListField};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::problem::Problem;
use crate::error::Error;
use crate::receipt;

/// A form field beside the file may be this long.
const FIELD_LIMIT: usize = 1024;

const REGION_TOO_LONG: &str = "is too long: write a region like US";
const SHEET_TOO_LONG: &str = "is too long: write the name of a worksheet";
const COLUMN_TOO_LONG: &str = "is too long: write the column's place, such as #3";

/// What an upload holds besides its bytes.
pub(crate) struct Upload {
    /// The name under which the file was uploaded.
    pub(crate) file_name: String,
    /// The region of numbers written without a country code, if one was named.
    pub(crate) default_region: Option<String>,
    /// The worksheet of a workbook, if one was named.
    pub(crate) sheet: Option<String>,
    /// The columns that were chosen.
    pub(crate) columns: ChosenColumns,
}

/// Refuses a body that is no form, such as the bare file; `what` is what the form should bring.
pub(crate) fn is_form(request: &HttpRequest, what: &str) -> Result<(), Problem> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("nothing");
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Ok(());
    }
    Err(Problem::wrong_media_type(format!(
        "send {what} as the field `file` of a form, `Content-Type: multipart/form-data`, not {kind}"
    )))
}

/// Writes the form's file to disk.
pub(crate) async fn save(mut form: Multipart, file: &Path) -> Result<Upload, Problem> {
    let mut file_name = None;
    let mut default_region = None;
    let mut sheet = None;
    let mut columns = ChosenColumns::default();
    let mut said = Said::default();
    while let Some(mut field) = form.try_next().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let given = field
                    .content_disposition()
                    .and_then(|header| header.get_filename());
                file_name = Some(given.unwrap_or("list").to_owned());
                let digest = write(&mut field, file).await?;
                said.field(&name, &digest);
            }
            "default_region" => {
                let region = text(&mut field, &name, FIELD_LIMIT, REGION_TOO_LONG).await?;
                said.field(&name, region.as_bytes());
                default_region = Some(region);
            }
            "sheet" => {
                let named = text(&mut field, &name, FIELD_LIMIT, SHEET_TOO_LONG).await?;
                said.field(&name, named.as_bytes());
                sheet = Some(named).filter(|name| !name.is_empty());
            }
            other => {
                let of = ListField::of_column_word(other).ok_or_else(|| no_such_field(other))?;
                let column = text(&mut field, &name, FIELD_LIMIT, COLUMN_TOO_LONG).await?;
                said.field(&name, column.as_bytes());
                let chosen = columns.choose(of, &column);
                chosen.map_err(|error| Error::field(&name, error.to_string()))?;
            }
        }
    }
    let file_name =
        file_name.ok_or_else(|| Error::field("file", "send the contact list as form field `file`"))?;
    receipt::told(said.digest());
    Ok(Upload {
        file_name,
        default_region,
        sheet,
        columns,
    })
}

fn no_such_field(name: &str) -> Error {
    let columns = ListField::ALL.map(ListField::column_word).join(", ");
    let message = format!("the form has the fields file, default_region, sheet, {columns}, and no other");
    Error::field(name, message)
}

/// What a form says, whatever its boundary is: its file by its digest.
#[derive(Default)]
struct Said(Sha256);

impl Said {
    fn field(&mut self, name: &str, value: &[u8]) {
        self.0.update(name);
        self.0.update([0]);
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value);
    }

    fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// What the form of a request says, without keeping any of it: the same digest as [`save`] tells.
pub(super) async fn digest(request: &mut ServiceRequest) -> Result<[u8; 32], Problem> {
    let payload = request.take_payload();
    let mut form = Multipart::new(request.headers(), payload);
    let mut said = Said::default();
    while let Some(mut field) = form.try_next().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let mut file = Sha256::new();
            while let Some(bytes) = field.try_next().await.map_err(|error| unreadable(&error))? {
                file.update(&bytes);
            }
            said.field(&name, &file.finalize());
        } else {
            let value = text(&mut field, &name, FIELD_LIMIT, "is too long").await?;
            said.field(&name, value.as_bytes());
        }
    }
    Ok(said.digest())
}

pub(crate) fn unreadable(error: &MultipartError) -> Problem {
    Problem::malformed(format!("the form could not be read: {error}"))
}

/// A form field of at most `limit` bytes, without blanks at its ends.
pub(crate) async fn text(
    field: &mut Field,
    name: &str,
    limit: usize,
    too_long: &str,
) -> Result<String, Problem> {
    let mut value = Vec::new();
    while let Some(bytes) = field.try_next().await.map_err(|error| unreadable(&error))? {
        value.extend_from_slice(&bytes);
        if value.len() > limit {
            return Err(Error::field(name, too_long.to_owned()).into());
        }
    }
    Ok(String::from_utf8_lossy(&value).trim().to_owned())
}

/// Writes a form's file to disk; the answer is its SHA-256.
pub(crate) async fn write(field: &mut Field, path: &Path) -> Result<[u8; 32], Problem> {
    let full = |error: std::io::Error| Problem::not_ready(format!("the upload cannot be kept: {error}"));
    let mut file = tokio::fs::File::create(path).await.map_err(full)?;
    let mut digest = Sha256::new();
    loop {
        match field.try_next().await {
            Ok(Some(bytes)) => {
                digest.update(&bytes);
                file.write_all(&bytes).await.map_err(full)?;
            }
            Ok(None) => break,
            Err(error) => return Err(Problem::malformed(format!("the upload broke off: {error}"))),
        }
    }
    file.flush().await.map_err(full)?;
    Ok(digest.finalize().into())
}
