//! `/imports/preview`: what importing a list would do. Nothing of it is kept.

use actix_multipart::Multipart;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::{Preview, Region};
use serde::Deserialize;

use super::openapi::{ListForm, Parameter};
use super::operation::Api;
use super::problem::Problem;
use super::{list_form, pipe};
use crate::access::{Area, Caller, Role};
use crate::bad_rows;
use crate::error::Error;
use crate::lists::{self, HowToRead};
use crate::orchestrator::Orchestrator;
use crate::uploads::Passing;

pub(crate) fn routes(api: &mut Api) {
    api.post("/imports/preview", create)
        .says("Read a contact list and report; nothing is kept")
        .called("previewImport")
        .more(
            "It tells what each column is understood as; a `..._column` of the form puts that right, here as for the \
             import itself.",
        )
        .takes_form::<ListForm>()
        .answers::<Preview>()
        .answers_text(bad_rows::CSV, bad_rows::EXAMPLE)
        .query(Parameter::words(
            "format",
            "In which form; json where left out. CSV holds every row that could not be used, and nothing else.",
            &["json", "csv"],
        ))
        .only_reads(Role::Operator, Area::Campaigns);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Format {
    format: Option<String>,
}

async fn create(
    outdial: Data<Orchestrator>,
    _caller: Caller,
    format: Query<Format>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let is_csv = match format.format.as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(other) => {
            return Err(Error::field("format", format!("`{other}` is neither json nor csv")).into());
        }
    };
    list_form::is_form(&request, "the contact list")?;
    let (id, file) = outdial.new_import();
    let passing = Passing::of(&outdial.inner.uploads, id);
    let upload = list_form::save(form, &file).await?;
    let how = HowToRead {
        default_region: upload.default_region.unwrap_or_else(|| Region::US.to_string()),
        sheet: upload.sheet,
        columns: upload.columns,
    };
    if !is_csv {
        let shown = lists::preview_of(&file, &how).await?;
        return Ok(HttpResponse::Ok().json(shown));
    }
    let rows = lists::bad_rows_of(&file, &how).await?;
    Ok(pipe::file(bad_rows::CSV, "errors.csv", move |pipe| {
        // The list is on disk until all of it was read.
        let _passing = passing;
        rows.write_csv(pipe)
    }))
}
