//! `/campaigns/{id}/imports`: contact lists of any size, as files.
//!
//! The upload is on disk and synced before its 202; its rows follow by themselves, also after a restart.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::import::RejectedRow;
use outdial_storage::read;
use serde::Deserialize;

use super::openapi::{ListForm, Parameter};
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{etag, list_form, path};
use crate::access::{Area, Caller, Role};
use crate::bad_rows;
use crate::error::Error;
use crate::lists::{self, HowToRead};
use crate::orchestrator::Orchestrator;
use crate::spec::RowError;
use crate::uploads;
use crate::view::{self, ImportView, OpenedImportView};

pub(crate) fn routes(api: &mut Api) {
    api.post("/campaigns/{id}/imports", create)
        .says("Upload a contact list of any size")
        .called("createImport")
        .more("The file is kept when it is answered; its rows follow by themselves.")
        .takes_form::<ListForm>()
        .answers_with::<OpenedImportView>(StatusCode::ACCEPTED)
        .conflicts("the campaign is completed: duplicate it to call more people")
        .needs(Role::Operator, Area::Campaigns)
        .creates("import");
    api.get("/campaigns/{id}/imports", list)
        .says("List imports, oldest first")
        .called("listImports")
        .lists::<ImportView>()
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/imports/{import_id}", get)
        .says("Get an import: how far it is, and what came of it")
        .called("getImport")
        .answers::<ImportView>()
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/imports/{import_id}/errors", errors)
        .says("List the rows that could not be used")
        .called("listImportErrors")
        .lists::<RowError>()
        .answers_text(bad_rows::CSV, bad_rows::EXAMPLE)
        .query(Parameter::words(
            "format",
            "In which form; json where left out. CSV holds all of them.",
            &["json", "csv"],
        ))
        .needs(Role::Viewer, Area::Campaigns);
    api.post("/campaigns/{id}/imports/{import_id}/cancel", cancel)
        .says("End an import; contacts taken in by then stay")
        .called("cancelImport")
        .answers::<ImportView>()
        .conflicts("the import is completed")
        .needs(Role::Operator, Area::Campaigns);
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    list_form::is_form(&request, "the contact list")?;
    let (import, file) = outdial.new_import();
    let taken = async {
        let upload = list_form::save(form, &file).await?;
        let how = HowToRead {
            default_region: upload
                .default_region
                .unwrap_or(state.definition.settings.default_region),
            sheet: upload.sheet,
            columns: upload.columns,
        };
        // What is no contact list is refused at once, so that nothing is opened for it.
        lists::check_head(&file, &how).await?;
        let opened = outdial
            .open_import(caller.org, state.id, import, upload.file_name, how)
            .await;
        Ok::<_, Problem>(opened?)
    };
    match taken.await {
        Ok(import) => {
            let location = format!("/api/v1/campaigns/{}/imports/{}", state.id, import.id);
            let answer = OpenedImportView {
                import: view::import_view(&import),
            };
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

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let query = ListQuery::read(&request, &[])?;
    let imports = read::imports(outdial.inner.store.as_ref(), state.id).map_err(Error::from)?;
    let page = query.page_of_all(imports, |import| import.id, |import| view::import_view(&import))?;
    Ok(HttpResponse::Ok().json(page))
}

async fn get(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let state = outdial.campaign_of(caller.org, path::id("campaign", &campaign)?)?;
    let import = outdial.import_state(state.id, path::id("import", &import)?)?;
    Ok(etag::tagged(HttpResponse::Ok(), &view::import_view(&import)))
}

/// Ends an import that is being read; what was taken in stays.
async fn cancel(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let (campaign, import) = (path::id("campaign", &campaign)?, path::id("import", &import)?);
    let import = outdial.cancel_import_of(caller.org, campaign, import).await?;
    Ok(HttpResponse::Ok().json(view::import_view(&import)))
}

#[derive(Deserialize)]
struct Format {
    format: Option<String>,
}

async fn errors(
    outdial: Data<Orchestrator>,
    caller: Caller,
    ids: Path<(String, String)>,
    format: Query<Format>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (campaign, import) = ids.into_inner();
    let state = outdial.campaign_of(caller.org, path::id("campaign", &campaign)?)?;
    let import = outdial.import_state(state.id, path::id("import", &import)?)?;
    let store = outdial.inner.store.as_ref();
    let query = ListQuery::read(&request, &["format"])?;
    let show = |row: RejectedRow| RowError {
        row: row.row,
        field: row.field,
        value: row.value,
        reason: row.reason,
    };
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
            let mut csv = bad_rows::HEADER.to_owned();
            for row in rows {
                csv.push_str(&bad_rows::line(row.row, &row.field, &row.value, &row.reason));
            }
            Ok(HttpResponse::Ok().content_type(bad_rows::CSV).body(csv))
        }
        Some(other) => Err(Error::field("format", format!("`{other}` is neither json nor csv")).into()),
    }
}
