//! `/imports/preview`: what importing a list would do. Nothing of it is kept.

use actix_multipart::Multipart;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::{Preview, Region, preview};

use super::list_form;
use super::openapi::ListForm;
use super::operation::Api;
use super::problem::Problem;
use crate::access::{Area, Caller, Role};
use crate::lists::HowToRead;
use crate::orchestrator::Orchestrator;
use crate::uploads::Passing;

/// Rows that are shown.
const FIRST_ROWS: usize = 20;

pub(crate) fn routes(api: &mut Api) {
    api.post("/imports/preview", create)
        .says("Read a contact list and report; nothing is kept")
        .called("previewImport")
        .takes_form::<ListForm>()
        .answers::<Preview>()
        .only_reads(Role::Operator, Area::Campaigns);
}

async fn create(
    outdial: Data<Orchestrator>,
    _caller: Caller,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    list_form::is_form(&request, "the contact list")?;
    let (id, file) = outdial.new_import();
    let _passing = Passing::of(&outdial.inner.uploads, id);
    let upload = list_form::save(form, &file).await?;
    let how = HowToRead {
        default_region: upload.default_region.unwrap_or_else(|| Region::US.to_string()),
        sheet: upload.sheet,
    };
    let shown = list_form::read(&file, &how, |file, options| preview(file, options, FIRST_ROWS)).await?;
    Ok(HttpResponse::Ok().json(shown))
}
