//! `/imports/preview`: what importing a list would do. Nothing of it is kept. Role: owner.

use actix_multipart::Multipart;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::{Region, preview};

use super::auth::Owner;
use super::problem::Problem;
use super::{list_form, resource};
use crate::lists::HowToRead;
use crate::orchestrator::Orchestrator;
use crate::uploads::Passing;

/// Rows that are shown.
const FIRST_ROWS: usize = 20;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/imports/preview", [web::post().to(create)]));
}

async fn create(
    outdial: Data<Orchestrator>,
    _owner: Owner,
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
