//! How a campaign stands.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Path;
use futures_util::future::try_join3;
use maud::{Markup, html};
use serde::Deserialize;

use super::ledger::Attempt;
use super::{Tab, Whole, calls, figures, framed, line, runs, trend, waiting};
use crate::dashboard::api::{List, NextDue};
use crate::dashboard::failure::Failure;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::when;

/// The figures of a campaign's run, and what is going on in it.
#[derive(Debug, Deserialize)]
pub(super) struct Stats {
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) in_flight: Vec<Attempt>,
    pub(super) next_due: Vec<NextDue>,
}

pub(super) async fn page(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.shared(written(&visit, &id)).await
}

async fn written(visit: &Visit, id: &str) -> Result<HttpResponse, Failure> {
    let whole = Whole::read(visit, id).await?;
    let (stats, line, trend) = try_join3(
        visit.api.get::<Stats>(&format!("/campaigns/{id}/stats")),
        line::read(visit, whole.campaign.line_id),
        trend::read(visit, &whole),
    )
    .await?;
    let last = match whole.campaign.status.as_str() {
        "paused" => last_dialled(visit, id).await?,
        _ => None,
    };
    let body = html! {
        div id="standing" data-live="" {
            @if whole.campaign.status == "paused" { (fence(visit, &whole, last.as_ref(), &stats)) }
            (figures::shown(visit, &whole, &stats))
        }
        div.columns id="now" data-live="" {
            (waiting::shown(visit, &whole, &stats.next_due))
            (calls::shown(visit, &whole, &stats.in_flight))
            @if let Some(line) = &line { (line::shown(visit, line)) }
            (runs::shown(visit, &whole))
            (about(visit, &whole))
        }
        div id="trend" data-live="" {
            @if let Some(trend) = &trend { (trend::shown(visit, &whole, trend)) }
        }
    };
    Ok(framed(visit, &whole, Tab::Overview, None, &body))
}

/// The last call that the carrier was asked for. Nearly always it is the newest attempt: those which a pause overtook
/// before they were sent are few.
async fn last_dialled(visit: &Visit, id: &str) -> Result<Option<Attempt>, Failure> {
    let newest: List<Attempt> = visit
        .api
        .get(&format!("/campaigns/{id}/attempts?order=newest&limit=100"))
        .await?;
    Ok(newest.items.into_iter().find(Attempt::was_sent))
}

/// What a pause guarantees.
fn fence(visit: &Visit, whole: &Whole, last: Option<&Attempt>, stats: &Stats) -> Markup {
    let zone = Some(whole.campaign.timezone);
    html! {
        div.flash.note id="fence" {
            strong { "Paused: nothing is dialled until it is resumed." } " "
            @match last {
                Some(last) => {
                    "The last call was to "
                    a href=(whole.address(&format!("/attempts/{}", last.id))) { (last.to) } ", "
                    (crate::dashboard::when::when_exactly(last.intended_at, visit.zone, zone)) ". "
                }
                None if whole.campaign.counters.attempts == 0 => "Nobody was called yet. ",
                None => "",
            }
            @match stats.in_flight.len() {
                0 => "No call is in flight.",
                1 => "1 call is in flight and runs out.",
                several => { (several) " calls are in flight and run out." }
            }
        }
    }
}

/// What does not change while it runs.
fn about(visit: &Visit, whole: &Whole) -> Markup {
    let campaign = &whole.campaign;
    let zone = Some(campaign.timezone);
    html! {
        section.sheet id="about" {
            h2 { "About it" }
            @if !campaign.description.is_empty() { p { (campaign.description) } }
            dl.pairs {
                dt { "Type" } dd { (crate::dashboard::badge::words(&campaign.kind)) ", " (campaign.channel) }
                dt { "Created" } dd { (when(campaign.created_at, visit.zone, zone)) " by " (campaign.created_by) }
                (super::pair("Started", campaign.started_at.map(|at| when(at, visit.zone, zone))))
                (super::pair("Ended", campaign.completed_at.map(|at| when(at, visit.zone, zone))))
                dt { "Last changed" } dd { (when(campaign.updated_at, visit.zone, zone)) }
                dt { "Configuration" }
                dd { a href=(whole.address("/configuration")) { "version " (campaign.config_version) } }
            }
        }
    }
}
