//! The installation itself, for whoever runs it: whether it takes work and dials, and how well it does.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::failure::{Failure, sentence};
use super::numbers::{count, duration};
use super::page::{Page, Part};
use super::visit::Visit;
use super::when::{Instant, when_exactly};
use super::{BASE, resource};

mod judged;

use judged::{Judged, late_alarms, room_left, slow_commits, span};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/system", [(Method::GET, web::get().to(show))]))
        .service(resource(
            "/system/release",
            [(Method::POST, web::post().to(release))],
        ));
}

/// How the installation does; what it does not tell is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct System {
    version: Option<String>,
    started_at: Option<Instant>,
    uptime_seconds: Option<f64>,
    ready: Option<bool>,
    not_ready_reason: Option<String>,
    held: Option<String>,
    window_seconds: Option<f64>,
    store: Store,
    timers: Timers,
    campaigns: Campaigns,
    event_streams_open: Option<u64>,
    lines: Lines,
    dials_requested: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Store {
    path: Option<String>,
    bytes_on_disk: Option<u64>,
    free_bytes: Option<u64>,
    commits: Option<u64>,
    commit_seconds: Spread,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Timers {
    late_seconds: Spread,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Campaigns {
    awake: Option<u64>,
    queued_inputs: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lines {
    campaigns_waiting: Option<u64>,
}

/// How durations are spread, in seconds.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Spread {
    p50: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
    count: Option<u64>,
}

/// Whoever does not run the installation is refused.
fn must_run_it(visit: &Visit) -> Result<(), Failure> {
    if visit.caller.is_super_admin {
        return Ok(());
    }
    Err(Failure::forbidden(
        "the system page is for whoever runs the installation; sign in with the installation's own key",
    ))
}

async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    must_run_it(&visit)?;
    let system: System = visit.api.get("/system").await?;
    let body = html! {
        div.heading {
            h1 { "System" }
            a.button.quiet id="look-again" href={ (BASE) "/system" } { "Look again" }
        }
        div id="system" data-live="" {
            p.hint { "As of " (when_exactly(visit.now(), visit.zone, None)) ". The page follows what happens; otherwise look again." }
            (state(&system))
            @if let Some(reason) = &system.held { (held(reason)) }
            div.columns {
                (store(&system))
                (timers(&system))
                (work(&system))
                (about(&visit, &system))
            }
        }
    };
    Ok(visit.page(&Page {
        title: "System",
        part: Part::System,
        events: Some("/api/v1/events"),
        body,
    }))
}

fn state(system: &System) -> Markup {
    html! {
        @if system.ready == Some(false) {
            p.flash.refused role="alert" {
                b { "The store takes no writes. " }
                (sentence(system.not_ready_reason.as_deref().unwrap_or("the log says why")))
                " Nothing is dialled, and nothing can be changed, until it does again."
            }
        } @else if system.held.is_none() {
            p.flash.done { "The store takes writes, and calls go out." }
        }
    }
}

/// A restored store dials only when somebody says so.
fn held(reason: &str) -> Markup {
    let ask = "Release dialling? Campaigns that are running call at once. Make sure that no other outdial runs on the \
               same data.";
    html! {
        section.sheet id="held" {
            h2 { "Dialling is held" }
            p { (sentence(reason)) }
            p {
                "Look first: no other outdial may dial from the same data, and calls that were made after the backup are \
                 not known here. Pause what should not go on; then release it."
            }
            form method="post" action={ (BASE) "/system/release" } data-inline="" {
                button.danger id="release" data-ask=(ask) { "Release dialling" }
            }
        }
    }
}

fn judged(judged: &Judged) -> Markup {
    html! { p { span class={ "badge " (judged.class()) } { (judged.word()) } " " (judged.told) } }
}

/// Figures of a spread, in words for each.
fn spread(spread: &Spread) -> Markup {
    let shown = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), span);
    html! {
        dl.figures {
            div { dt { "Half within" } dd { (shown(spread.p50)) } }
            div { dt { "99 of 100 within" } dd { (shown(spread.p99)) } }
            @if spread.max.is_some() { div { dt { "The longest" } dd { (shown(spread.max)) } } }
            div { dt { "How many" } dd { (figure(spread.count)) } }
        }
    }
}

fn figure(number: Option<u64>) -> String {
    number.map_or_else(|| "–".to_owned(), count)
}

fn window(system: &System) -> Markup {
    html! {
        @if let Some(seconds) = system.window_seconds { p.hint { "Of the last " (duration(seconds)) "." } }
    }
}

fn store(system: &System) -> Markup {
    let store = &system.store;
    html! {
        section.sheet {
            h2 { "Store" }
            h3 { "From giving a change until it is on disk" }
            (spread(&store.commit_seconds))
            (judged(&slow_commits(store.commit_seconds.p99)))
            (window(system))
            h3 { "Disk" }
            dl.figures {
                div { dt { "Taken" } dd { (store.bytes_on_disk.map_or_else(|| "–".to_owned(), judged::bytes)) } }
                div { dt { "Free" } dd { (store.free_bytes.map_or_else(|| "–".to_owned(), judged::bytes)) } }
                div { dt { "Changes since the start" } dd { (figure(store.commits)) } }
            }
            (judged(&room_left(store.free_bytes)))
            @if let Some(path) = &store.path { p.hint { "It lies in " code { (path) } "." } }
        }
    }
}

fn timers(system: &System) -> Markup {
    let late = &system.timers.late_seconds;
    html! {
        section.sheet {
            h2 { "Timers" }
            h3 { "How late campaigns’ alarms fire" }
            (spread(late))
            (judged(&late_alarms(late.p99)))
            (window(system))
        }
    }
}

fn work(system: &System) -> Markup {
    html! {
        section.sheet {
            h2 { "At work" }
            dl.figures {
                div { dt { "Campaigns awake" } dd { (figure(system.campaigns.awake)) } }
                div { dt { "On their way to them" } dd { (figure(system.campaigns.queued_inputs)) } }
                div { dt { "Waiting for a line" } dd { (figure(system.lines.campaigns_waiting)) } }
                div { dt { "Calls requested" } dd { (figure(system.dials_requested)) } }
                div { dt { "Pages that follow events" } dd { (figure(system.event_streams_open)) } }
            }
            (judged(&judged::backlog(system.campaigns.queued_inputs)))
            p.hint {
                "Campaigns that have nothing to do sleep on disk. Those that wait for a line are held by its calls a \
                 second, or its calls at once. Calls are counted since the start."
            }
        }
    }
}

fn about(visit: &Visit, system: &System) -> Markup {
    html! {
        section.sheet {
            h2 { "This outdial" }
            dl.pairs {
                dt { "Version" } dd { (system.version.as_deref().unwrap_or("–")) }
                @if let Some(at) = system.started_at { dt { "Started" } dd { (when_exactly(at, visit.zone, None)) } }
                @if let Some(seconds) = system.uptime_seconds { dt { "Runs for" } dd { (duration(seconds)) } }
                dt { "Public address" } dd { code { (visit.outdial().inner.public_url) } }
            }
            p {
                a href="/metrics" { "Metrics" } " for Prometheus · "
                a href={ (BASE) "/demo" } { "Demo" }
            }
        }
    }
}

#[derive(Deserialize)]
struct Released {
    released: bool,
}

async fn release(visit: Visit) -> Result<HttpResponse, Failure> {
    match visit.api.post("/release", &Value::Null).await {
        Ok(answer) => {
            let released: Released = answer.read()?;
            let told = if released.released {
                "Dialling is released: calls go out."
            } else {
                "Dialling was not held."
            };
            Ok(visit.done("/system", told))
        }
        Err(Failure::Refused(refusal)) => Ok(visit.refused("/system", &refusal)),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_are_not_told_are_left_out_and_do_not_matter() {
        let system: System =
            serde_json::from_str(r#"{"version": "1.2", "store": {"commits": 3}, "more": 1}"#)
                .expect("what is told");
        assert_eq!(
            (system.version.as_deref(), system.store.commits),
            (Some("1.2"), Some(3))
        );
        assert_eq!(system.timers.late_seconds.p99, None);
        assert!(state(&system).0.contains("calls go out"));
    }

    #[test]
    fn what_keeps_it_from_working_is_told_before_the_figures() {
        let system = System {
            ready: Some(false),
            not_ready_reason: Some("the disk is full".to_owned()),
            ..System::default()
        };
        assert!(state(&system).0.contains("The disk is full."));
        let system = System {
            held: Some("restored".to_owned()),
            ..System::default()
        };
        assert!(state(&system).0.is_empty());
    }
}
