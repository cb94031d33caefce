//! `/holiday-calendars`: named dates, once or yearly, on which the campaigns that name the calendar call nobody. A
//! change reaches them at once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::HolidayCalendarId;
use serde_json::json;

use super::openapi::HolidayCalendarFields;
use super::operation::Api;
use super::page::ListQuery;
use super::problem::Problem;
use super::{body, etag, path};
use crate::access::{Area, Caller, Role};
use crate::calendars::HolidayCalendar;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::{HolidayCalendarView, holiday_calendar_view as shown};

pub(crate) fn routes(api: &mut Api) {
    api.post("/holiday-calendars", create)
        .says("Create a holiday calendar")
        .called("createHolidayCalendar")
        .takes::<HolidayCalendarFields>()
        .answers_with::<HolidayCalendarView>(StatusCode::CREATED)
        .needs(Role::Admin, Area::HolidayCalendars)
        .creates("holiday calendar");
    api.get("/holiday-calendars", list)
        .says("List holiday calendars")
        .called("listHolidayCalendars")
        .lists::<HolidayCalendarView>()
        .needs(Role::Viewer, Area::HolidayCalendars);
    api.get("/holiday-calendars/{id}", get)
        .says("Get a holiday calendar")
        .called("getHolidayCalendar")
        .answers::<HolidayCalendarView>()
        .conditional()
        .needs(Role::Viewer, Area::HolidayCalendars);
    api.patch("/holiday-calendars/{id}", change)
        .says("Change a holiday calendar")
        .called("changeHolidayCalendar")
        .more("What is given replaces what was; the rest stays (RFC 7396).")
        .takes_changes::<HolidayCalendarFields>()
        .answers::<HolidayCalendarView>()
        .conditional()
        .needs(Role::Admin, Area::HolidayCalendars);
    api.delete("/holiday-calendars/{id}", delete)
        .says("Delete a holiday calendar")
        .called("deleteHolidayCalendar")
        .answers_nothing()
        .conditional()
        .conflicts("campaigns that have not ended keep this calendar")
        .needs(Role::Admin, Area::HolidayCalendars);
}

/// The id in a path.
fn calendar_id(text: &str) -> Result<HolidayCalendarId, Error> {
    path::id("holiday calendar", text)
}

async fn create(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let json = body::json(&request, payload).await?;
    let spec = spec::judge_holiday_calendar(&json).map_err(Error::Invalid)?;
    let calendar = outdial.add_holiday_calendar(caller.org, spec).await?;
    let path = format!("/holiday-calendars/{}", calendar.id);
    let calendar = shown(&calendar);
    Ok(etag::created(&path, etag::of(&calendar), &calendar))
}

async fn list(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::read(&request, &[])?;
    let calendars = outdial.holiday_calendars_of(caller.org)?;
    let id = |calendar: &HolidayCalendar| calendar.id;
    Ok(HttpResponse::Ok().json(query.page_of_all(calendars, id, |calendar| shown(&calendar))?))
}

async fn get(outdial: Data<Orchestrator>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let calendar = outdial.holiday_calendar_of(caller.org, calendar_id(&id)?)?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(&calendar)))
}

/// What is given replaces what was; the rest stays (RFC 7396). The answer comes when every campaign that keeps the
/// calendar has been told.
async fn change(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = calendar_id(&id)?;
    let changes = body::json(&request, payload).await?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let calendar = json!(shown(&outdial.holiday_calendar_of(caller.org, id)?));
    etag::require(&request, &etag::of(&calendar))?;
    let calendar = body::patched(calendar, changes, &["id", "created_at", "updated_at"])?;
    let spec = spec::judge_holiday_calendar(&calendar).map_err(Error::Invalid)?;
    let calendar = outdial.put_holiday_calendar(caller.org, id, spec).await?;
    Ok(etag::tagged(HttpResponse::Ok(), &shown(&calendar)))
}

async fn delete(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = calendar_id(&id)?;
    let _turn = outdial.inner.changes.of(caller.org).await;
    let calendar = outdial.holiday_calendar_of(caller.org, id)?;
    etag::require(&request, &etag::of(&shown(&calendar)))?;
    outdial.remove_holiday_calendar(caller.org, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
