//! All campaigns, as cards: where each stands, and what may be done with it.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use futures_util::future::join_all;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Campaign, List, NextDue, Paused};
use super::badge::{badge, words};
use super::failure::Failure;
use super::form::{Fields, Typed, choices};
use super::numbers::{count, duration, percent, rate};
use super::once;
use super::page::{Page, Part};
use super::pager::{pager, query};
use super::visit::Visit;
use super::when::when;
use super::{BASE, id_named, resource, wizard};

mod first_start;

/// Cards on a page.
const CARDS: usize = 24;
const STATUSES: [&str; 8] = [
    "draft",
    "scheduled",
    "running",
    "paused",
    "completed",
    "failed",
    "canceled",
    "archived",
];
const KINDS: [&str; 5] = ["secret_shopper", "survey", "reminder", "outreach", "custom"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("", [(Method::GET, web::get().to(list))]))
        .service(resource("/campaigns", [(Method::GET, web::get().to(list))]))
        .service(resource(
            &format!(
                "/campaigns/{}/{{command:start|pause|resume|complete|cancel|archive|duplicate|delete}}",
                id_named("id")
            ),
            [(Method::POST, web::post().to(command))],
        ));
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
struct Filter {
    #[serde(default)]
    status: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

impl Filter {
    fn pairs(&self) -> [(&str, &str); 3] {
        [("status", &self.status), ("type", &self.kind), ("q", &self.q)]
    }

    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }
}

#[derive(Deserialize)]
struct Waiting {
    next_due: Vec<NextDue>,
}

async fn list(visit: Visit, filter: Query<Filter>) -> Result<HttpResponse, Failure> {
    visit.shared(listed(&visit, &filter)).await
}

async fn listed(visit: &Visit, filter: &Filter) -> Result<HttpResponse, Failure> {
    let limit = CARDS.to_string();
    let cursor = filter.cursor.as_deref().unwrap_or_default();
    let all = [
        filter.pairs().as_slice(),
        &[("limit", &limit), ("cursor", cursor)],
    ]
    .concat();
    let campaigns: List<Campaign> = visit.api.get(&format!("/campaigns{}", query(&all))).await?;
    let waiting = join_all(campaigns.items.iter().map(|campaign| waits_for(visit, campaign))).await;
    let making = wizard::in_the_making(visit)?;
    let body = html! {
        div.heading {
            h1 { "Campaigns" }
            @if visit.may_run() { a.button.primary href={ (BASE) "/campaigns/new" } { "New campaign" } }
        }
        (wizard::unfinished(visit)?)
        @if campaigns.items.is_empty() && filter.is_empty() && filter.cursor.is_none() {
            (first_start::shown(visit))
        } @else {
            (filters(filter))
            div.cards id="cards" data-live="" {
                @for (campaign, waiting) in campaigns.items.iter().zip(&waiting) {
                    (card(visit, campaign, waiting.as_ref(), making.get(&campaign.id)))
                }
                @if campaigns.items.is_empty() { p { "No campaign is like that." } }
            }
            (pager(&format!("{BASE}/campaigns"), &filter.pairs(), filter.cursor.as_deref(), campaigns.next_cursor.as_deref()))
        }
    };
    Ok(visit.page(&Page {
        title: "Campaigns",
        part: Part::Campaigns,
        events: Some("/api/v1/events"),
        body,
    }))
}

/// What a campaign that is under way waits for; nothing where that cannot be told just now.
async fn waits_for(visit: &Visit, campaign: &Campaign) -> Option<NextDue> {
    if campaign.status != "running" || campaign.counters.pending == 0 {
        return None;
    }
    let stats: Waiting = visit
        .api
        .get(&format!("/campaigns/{}/stats", campaign.id))
        .await
        .ok()?;
    stats.next_due.into_iter().next()
}

fn filters(filter: &Filter) -> Markup {
    let options = |all: &[&str], chosen: &str, any: &str| {
        let named: Vec<(&str, String)> = all.iter().map(|word| (*word, words(word))).collect();
        html! {
            option value="" { (any) }
            @for (word, words) in named { option value=(word) selected[word == chosen] { (words) } }
        }
    };
    html! {
        form.filters method="get" action={ (BASE) "/campaigns" } role="search" data-filter="" {
            label { span { "Status" } select name="status" { (options(&STATUSES, &filter.status, "any")) } }
            label { span { "Type" } select name="type" { (options(&KINDS, &filter.kind, "any")) } }
            label { span { "Name" } input type="search" name="q" value=(filter.q) placeholder="a part of it"; }
            button.quiet { "Show" }
            @if !filter.is_empty() { a.button.quiet href={ (BASE) "/campaigns" } { "All" } }
        }
    }
}

/// A campaign as a card. One that was made to be rehearsed, and is not decided on, is gone on with where it was begun.
fn card(visit: &Visit, campaign: &Campaign, waiting: Option<&NextDue>, made_at: Option<&String>) -> Markup {
    let counters = &campaign.counters;
    let address = format!("{BASE}/campaigns/{}", campaign.id);
    html! {
        article.card id={ "campaign-" (campaign.id) } {
            header {
                h2 { a href=(address) { (campaign.name) } }
                (badge(&campaign.status))
            }
            p.about { (words(&campaign.kind)) " · created " (when(campaign.created_at, visit.zone, None)) }
            @if let Some(reason) = &campaign.status_reason { p.reason { (reason) } }
            (progress(campaign))
            dl.figures {
                div { dt { "Reached" } dd { (rate(campaign.rates.success_rate)) } }
                div { dt { "Average call" } dd { (campaign.rates.avg_duration_seconds.map_or("–".to_owned(), duration)) } }
                div { dt { "In flight" } dd { (count(counters.calling)) } }
            }
            @if let Some(due) = waiting {
                p.next { "Next call: " (when(due.at, visit.zone, Some(campaign.timezone))) }
            } @else if let Some(at) = campaign.next_start_at {
                p.next { "Next run: " (when(at, visit.zone, Some(campaign.timezone))) }
            }
            @if let Some(made_at) = made_at.filter(|_| campaign.status == "draft") {
                p.next { "Not created yet: it was made to be rehearsed." }
                div.actions { a.button href={ (BASE) (made_at) } { "Go on" span.hidden { " with " (campaign.name) } } }
            } @else if visit.may_run() {
                div.actions { (moves(campaign)) }
            }
        }
    }
}

/// How far it is, drawn and in words.
pub(super) fn progress(campaign: &Campaign) -> Markup {
    let counters = &campaign.counters;
    let id = format!("progress-{}", campaign.id);
    html! {
        div.progress {
            progress id=(id) max=(counters.total.max(1)) value=(counters.done())
                aria-label={ "Progress of " (campaign.name) } {}
            span.of { (percent(counters.done(), counters.total)) " % of " (count(counters.total)) }
        }
    }
}

/// What may be done with it as it stands: those of its life that are one press away.
pub(super) fn moves(campaign: &Campaign) -> Markup {
    let all: &[(&str, &str, &str)] = match campaign.status.as_str() {
        "draft" => &[("start", "Start", "primary")],
        "scheduled" => &[("pause", "Pause", "")],
        "running" => &[("pause", "Pause", "primary")],
        "paused" => &[("resume", "Resume", "primary")],
        _ => &[],
    };
    html! { @for (command, label, class) in all { (one_move(campaign, command, label, class)) } }
}

/// A button that moves a campaign.
pub(super) fn one_move(campaign: &Campaign, command: &str, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action={ (BASE) "/campaigns/" (campaign.id) "/" (command) } data-inline="" {
            button class=[Some(class).filter(|class| !class.is_empty())] id={ (command) "-" (campaign.id) } {
                (label) span.hidden { " " (campaign.name) }
            }
        }
    }
}

/// Moves a campaign, and tells what came of it on the page from which that was asked.
async fn command(visit: Visit, path: Path<(String, String)>, fields: Typed) -> Result<HttpResponse, Failure> {
    let (id, command) = path.into_inner();
    let own = format!("/campaigns/{id}");
    let fields = Fields(fields.into_inner());
    let (asked, leads) = match command.as_str() {
        "delete" => (visit.api.delete(&own).await, Some("/campaigns".to_owned())),
        "duplicate" => (
            once::made(&visit, &format!("{own}/duplicate"), &fields, &Value::Null).await,
            None,
        ),
        "cancel" => {
            let body = json!({"hang_up": fields.get("hang_up") == "true"});
            (visit.api.post(&format!("{own}/cancel"), &body).await, None)
        }
        command => (
            visit.api.post(&format!("{own}/{command}"), &Value::Null).await,
            None,
        ),
    };
    let answer = match asked {
        Ok(answer) => answer,
        Err(Failure::Refused(refusal)) => return Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => return Err(failure),
    };
    let told = match command.as_str() {
        "pause" => fence_told(&visit, &answer.read::<Paused>()?).await,
        "duplicate" => {
            let made: Campaign = answer.read()?;
            let path = format!("/campaigns/{}", made.id);
            return Ok(visit.done(&path, format!("“{}” is a draft of its own.", made.name)));
        }
        "delete" => "The campaign is deleted.".to_owned(),
        command => {
            let campaign: Campaign = answer.read()?;
            started_told(command, &campaign)
        }
    };
    Ok(match leads {
        Some(path) => visit.done(&path, told),
        None => visit.done_here(&own, told),
    })
}

fn started_told(command: &str, campaign: &Campaign) -> String {
    let name = &campaign.name;
    match (command, campaign.status.as_str()) {
        ("start", "scheduled") => format!("“{name}” is scheduled."),
        ("start" | "resume", _) => format!("“{name}” is running."),
        (_, status) => format!("“{name}” is {status}."),
    }
}

#[derive(Deserialize)]
struct LastDialled {
    to: String,
    intended_at: super::when::Instant,
}

/// What a pause guarantees: nothing is dialled after what its fence names.
async fn fence_told(visit: &Visit, paused: &Paused) -> String {
    let fence = &paused.fence;
    let last = match fence.last_attempt_id {
        Some(id) => {
            visit
                .api
                .get_if_there::<LastDialled>(&format!("/attempts/{id}"))
                .await
        }
        None => Ok(None),
    };
    let last = match last {
        Ok(Some(last)) => {
            let at = last.intended_at.0.with_timezone(&visit.zone).format("%H:%M:%S");
            format!("The last call was to {} at {at}. ", last.to)
        }
        _ if fence.last_attempt_id.is_none() => "Nobody was called yet. ".to_owned(),
        _ => String::new(),
    };
    let live = match fence.in_flight {
        0 => "No call is in flight.".to_owned(),
        1 => "1 call is in flight and runs out.".to_owned(),
        several => format!("{several} calls are in flight and run out."),
    };
    format!("Paused: nothing is dialled from now on. {last}{live}")
}

/// The kinds of campaigns, to choose from.
pub(super) fn kinds() -> Vec<(String, String)> {
    let named: Vec<(&str, String)> = KINDS.iter().map(|kind| (*kind, words(kind))).collect();
    let pairs: Vec<(&str, &str)> = named
        .iter()
        .map(|(kind, words)| (*kind, words.as_str()))
        .collect();
    choices(&pairs)
}
