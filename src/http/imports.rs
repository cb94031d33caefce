//! `/campaigns/{id}/imports`: contact lists of any size, as files. Role: owner.
//!
//! The upload is on disk and synced before its 202; its rows follow by themselves, also after a restart.

use std::path::Path as FilePath;

use actix_multipart::Multipart;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_contacts::{ContactReader, formula_free};
use outdial_domain::import::RejectedRow;
use outdial_storage::read;
use serde::Deserialize;
use serde_json::json;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{list_form, path, resource};
use crate::error::Error;
use crate::lists::HowToRead;
use crate::orchestrator::Orchestrator;
use crate::uploads;
use crate::view;

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
    config.service(resource(
        "/campaigns/{id}/imports/{import_id}/cancel",
        [web::post().to(cancel)],
    ));
}

async fn create(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(owner.org, path::id("campaign", &id)?)?;
    list_form::is_form(&request, "the contact list")?;
    let (import, file) = outdial.new_import();
    let taken = async {
        let upload = list_form::save(form, &file).await?;
        let how = HowToRead {
            default_region: upload
                .default_region
                .unwrap_or(state.definition.settings.default_region),
            sheet: upload.sheet,
        };
        check_head(&file, &how).await?;
        let opened = outdial
            .open_import(owner.org, state.id, import, upload.file_name, how)
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

/// Refuses at once what is no contact list, so that nothing is opened for it.
async fn check_head(file: &FilePath, how: &HowToRead) -> Result<(), Error> {
    list_form::read(file, how, |file, options| {
        ContactReader::open(file, options).map(drop)
    })
    .await
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
    let page = query.page_of_all(imports, |import| import.id, |import| view::import_view(&import))?;
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

/// Ends an import that is being read; what was taken in stays.
async fn cancel(
    outdial: Data<Orchestrator>,
    owner: Owner,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let (campaign, import) = (path::id("campaign", &campaign)?, path::id("import", &import)?);
    let import = outdial.cancel_import_of(owner.org, campaign, import).await?;
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

/// A cell as spreadsheets read it (RFC 4180), with formulas made harmless.
fn csv_cell(text: &str) -> String {
    format!("\"{}\"", formula_free(text).replace('"', "\"\""))
}
