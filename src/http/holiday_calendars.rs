//! `/holiday-calendars`: named dates, once or yearly, on which the campaigns that name the calendar call nobody. A
//! change reaches them at once. Role: owner.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::HolidayCalendarId;
use serde_json::json;

use super::auth::Owner;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, path, resource};
use crate::calendars::HolidayCalendar;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::holiday_calendar_view as shown;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/holiday-calendars",
        [web::post().to(create), web::get().to(list)],
    ));
    config.service(resource(
        "/holiday-calendars/{id}",
        [
            web::get().to(get),
            web::patch().to(change),
            web::delete().to(delete),
        ],
    ));
}

/// The id in a path.
fn calendar_id(text: &str) -> Result<HolidayCalendarId, Error> {
    path::id("holiday calendar", text)
}

async fn create(
    outdial: Data<Orchestrator>,
    owner: Owner,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_holiday_calendar(&json).map_err(Error::Invalid)?;
    let calendar = outdial.add_holiday_calendar(owner.org, spec).await?;
    let location = format!("/api/v1/holiday-calendars/{}", calendar.id);
    Ok(HttpResponse::Created()
        .insert_header(("Location", location))
        .json(shown(&calendar)))
}

async fn list(
    outdial: Data<Orchestrator>,
    owner: Owner,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let calendars = outdial.holiday_calendars_of(owner.org)?;
    let id = |calendar: &HolidayCalendar| calendar.id;
    Ok(HttpResponse::Ok().json(query.page_of_all(calendars, id, |calendar| shown(&calendar))?))
}

async fn get(outdial: Data<Orchestrator>, owner: Owner, id: Path<String>) -> Result<HttpResponse, Problem> {
    let calendar = outdial.holiday_calendar_of(owner.org, calendar_id(&id)?)?;
    Ok(HttpResponse::Ok().json(shown(&calendar)))
}

/// What is given replaces what was; the rest stays (RFC 7396). The answer comes when every campaign that keeps the
/// calendar has been told.
async fn change(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = calendar_id(&id)?;
    let calendar = json!(shown(&outdial.holiday_calendar_of(owner.org, id)?));
    let read_only = ["id", "created_at", "updated_at"];
    let calendar = body::patched(&request, payload, calendar, &read_only).await?;
    let spec = spec::judge_holiday_calendar(&calendar).map_err(Error::Invalid)?;
    let calendar = outdial.put_holiday_calendar(owner.org, id, spec).await?;
    Ok(HttpResponse::Ok().json(shown(&calendar)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    owner: Owner,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    outdial
        .remove_holiday_calendar(owner.org, calendar_id(&id)?)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
