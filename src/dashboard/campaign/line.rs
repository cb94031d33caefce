//! The line that a campaign calls through, as it is now.

use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::dashboard::BASE;
use crate::dashboard::badge::badge;
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::{count, counted};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when_exactly};

/// A line, as far as a campaign's page shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    id: Uuid,
    name: String,
    kind: String,
    calls_per_second: f64,
    max_concurrent: Option<u32>,
    health: Health,
}

#[derive(Debug, Deserialize)]
struct Health {
    in_flight: u64,
    waiting_campaigns: u64,
    held_until: Option<Instant>,
    held_reason: Option<String>,
}

/// The line, where it is still there and the viewer may see it.
pub(super) async fn read(visit: &Visit, id: Uuid) -> Result<Option<Line>, Failure> {
    visit.api.get_if_there(&format!("/lines/{id}")).await
}

pub(super) fn shown(visit: &Visit, line: &Line) -> Markup {
    let health = &line.health;
    let is_held = health.held_until.is_some() || health.held_reason.is_some();
    html! {
        section.sheet id="line" {
            h2 { "Line" }
            p {
                a href={ (BASE) "/lines/" (line.id) } { (line.name) } " (" (line.kind) ") "
                @if is_held { (badge("held")) } @else { (badge("ready")) }
            }
            @if is_held {
                p.reason {
                    (health.held_reason.as_deref().unwrap_or("Nothing is sent for now."))
                    @if let Some(until) = health.held_until {
                        " Held until " (when_exactly(until, visit.zone, None)) "."
                    }
                }
            }
            dl.pairs {
                dt { "In flight" }
                dd {
                    (count(health.in_flight))
                    @if let Some(most) = line.max_concurrent { " of at most " (count(most.into())) }
                    ", over all campaigns"
                }
                dt { "Starts" } dd { (counted_rate(line.calls_per_second)) }
                dt { "Waiting for it" } dd { (counted(health.waiting_campaigns, "campaign", "campaigns")) }
            }
        }
    }
}

fn counted_rate(per_second: f64) -> String {
    let unit = if per_second == 1.0 { "call" } else { "calls" };
    format!("at most {per_second} {unit} a second")
}
