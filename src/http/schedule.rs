//! `/schedule/preview`: when a pattern would start runs. Nothing of it is kept.

use std::collections::HashMap;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::openapi::Parameter;
use super::operation::Api;
use super::problem::Problem;
use crate::access::Caller;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;
use crate::view::OccurrencesView;

pub(crate) fn routes(api: &mut Api) {
    api.get("/schedule/preview", preview)
        .says("See the next starts of a cron pattern")
        .called("previewSchedule")
        .query(Parameter::text("cron", "A POSIX pattern of five fields.", "0 9 * * 1-5").required())
        .query(Parameter::text(
            "timezone",
            "By whose clock, an IANA name; UTC where left out.",
            "America/New_York",
        ))
        .query(Parameter::time("from", "From when on; now where left out."))
        .query(Parameter::whole(
            "count",
            "How many.",
            1..=spec::MOST_OCCURRENCES,
            spec::USUAL_OCCURRENCES,
        ))
        .answers::<OccurrencesView>()
        .needs_any_key();
}

async fn preview(
    outdial: Data<Orchestrator>,
    _caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::<HashMap<String, String>>::from_query(request.query_string());
    let mut query = query
        .map_err(|error| Problem::malformed(format!("the query: {error}")))?
        .into_inner();
    if let Some(from) = query.get_mut("from") {
        *from = with_plus(from);
    }
    let query = query.into_iter().map(|(name, text)| (name, Value::from(text)));
    let starts = spec::judge_schedule_preview(&Value::Object(query.collect()), outdial.now());
    let starts = starts.map_err(Error::Invalid)?;
    Ok(HttpResponse::Ok().json(OccurrencesView { occurrences: starts }))
}

/// A `+` in a query means a blank: in a time, the blank before its offset was one.
pub(super) fn with_plus(time: &str) -> String {
    match time.rsplit_once(' ') {
        Some((clock, offset)) if clock.contains(':') => format!("{clock}+{offset}"),
        _ => time.to_owned(),
    }
}
