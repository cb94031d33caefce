//! `/schedule/preview`: when a pattern would start runs. Nothing of it is kept. Role: owner.

use std::collections::HashMap;

use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::auth::Owner;
use super::problem::Problem;
use super::resource;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/schedule/preview", [web::get().to(preview)]));
}

async fn preview(
    outdial: Data<Orchestrator>,
    _owner: Owner,
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
    let shown: Vec<String> = starts.iter().map(ToString::to_string).collect();
    Ok(HttpResponse::Ok().json(json!({ "occurrences": shown })))
}

/// A `+` in a query means a blank: in a time, the blank before its offset was one.
fn with_plus(time: &str) -> String {
    match time.rsplit_once(' ') {
        Some((clock, offset)) if clock.contains(':') => format!("{clock}+{offset}"),
        _ => time.to_owned(),
    }
}
