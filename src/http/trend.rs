//! `/campaigns/{id}/trend`: what happened in a campaign over time.

use std::collections::HashMap;

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::CampaignId;
use outdial_storage::read;
use serde_json::Value;

use super::openapi::Parameter;
use super::operation::Api;
use super::path;
use super::problem::Problem;
use super::schedule::with_plus;
use crate::access::{Area, Caller, Role};
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::spec::{self, TrendSpec};
use crate::view::{TrendView, trend_view};

pub(crate) fn routes(api: &mut Api) {
    api.get("/campaigns/{id}/trend", trend)
        .says("Get a campaign's calls and outcomes over time")
        .called("getCampaignTrend")
        .more(
            "Calls started and attempts ended, in buckets of a minute to a day, over all runs. Only buckets in which \
             anything happened are listed: in all others nothing did. It is as cheap for a million contacts as for one.",
        )
        .query(Parameter::time(
            "from",
            "When the span begins, down to a whole bucket; where left out, when the day before its end was busy first.",
        ))
        .query(Parameter::time(
            "to",
            "When it has ended, up to a whole bucket; where left out, when the campaign was busy last.",
        ))
        .query(Parameter::one_of(
            "bucket_seconds",
            "How long each bucket is; a span may have 1,500 of them.",
            &spec::BUCKETS,
            spec::USUAL_BUCKET,
        ))
        .answers::<TrendView>()
        .needs(Role::Viewer, Area::Campaigns);
}

async fn trend(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let state = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?;
    let query = Query::<HashMap<String, String>>::from_query(request.query_string());
    let query = query
        .map_err(|error| Problem::malformed(format!("the query: {error}")))?
        .into_inner();
    let instants = ["from", "to"];
    let query = query.into_iter().map(|(name, text)| {
        let text = if instants.contains(&name.as_str()) {
            with_plus(&text)
        } else {
            text
        };
        (name, Value::from(text))
    });
    let asked = spec::judge_trend(&Value::Object(query.collect())).map_err(Error::Invalid)?;
    // A span of years has many minutes.
    let shown = web::block(move || show(&outdial, state.id, asked)).await;
    let shown = shown.map_err(|error| Error::Unavailable(error.to_string()))??;
    Ok(HttpResponse::Ok().json(shown))
}

fn show(outdial: &Orchestrator, campaign: CampaignId, asked: TrendSpec) -> Result<TrendView, Error> {
    let store = outdial.inner.store.as_ref();
    let last = read::last_tally(store, campaign)?;
    let mut span = asked.span(last, outdial.now()).map_err(Error::Invalid)?;
    let buckets = read::tallies_by(store, campaign, span.clone(), |minute| {
        asked.bucket_of(minute.begin())
    })?;
    if let Some((first, _)) = buckets.first_key_value()
        && asked.begins_when_busy()
    {
        span.start = *first;
    }
    Ok(trend_view(campaign, span, asked.bucket_seconds, buckets))
}
