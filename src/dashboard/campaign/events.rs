//! What happened in a campaign, the newest first, as it happens.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use outdial_domain::ids::CampaignId;
use outdial_domain::import::ImportState;
use outdial_domain::step::Event;

use super::{Tab, Whole, framed};
use crate::access::{Area, Role};
use crate::dashboard::badge::badge;
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::counted;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when_exactly};
use crate::events::WatchedEvent;
use crate::view::words::Word;

/// So many are shown.
const SHOWN: usize = 100;

pub(super) async fn page(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Viewer, Area::Campaigns, false)?;
    // Another organization's campaign is not there.
    let whole = Whole::read(&visit, &id).await?;
    let (org, campaign) = (visit.caller.org, CampaignId(whole.campaign.id));
    let latest = visit.outdial().latest_events(org, campaign, SHOWN)?;
    let body = html! {
        div id="events" data-live="" {
            @if latest.events.is_empty() {
                p { "Nothing has happened lately." }
            } @else {
                ol.events reversed {
                    @for event in &latest.events {
                        li id={ "event-" (event.seq) } {
                            (when_exactly(Instant::of(event.at), visit.zone, Some(whole.campaign.timezone)))
                            " " (told(&whole, event))
                        }
                    }
                }
            }
            p.hint {
                @if latest.is_all { "That is all that is kept of it; events are kept for a while only." }
                @else { "Older ones are not shown here." }
            }
        }
    };
    Ok(framed(&visit, &whole, Tab::Events, None, &body))
}

fn told(whole: &Whole, happened: &WatchedEvent) -> Markup {
    let campaign = happened.campaign;
    let attempt = |id: &dyn std::fmt::Display| whole.address(&format!("/attempts/{id}"));
    html! {
        @match &happened.event {
            Event::Created => "The campaign was created.",
            Event::Deleted => "The campaign was deleted.",
            Event::Edited { config_version } => {
                "The configuration was changed: "
                a href=(whole.address(&format!("/configuration#version-{config_version}"))) { "version " (config_version) } "."
            }
            Event::Campaign { status, reason } => {
                "The campaign is now " (badge(status.name()))
                @if let Some(reason) = reason { ": " (reason) }
            }
            Event::StartSkipped { due, count, reason } => {
                (counted(u64::from(*count), "start was", "starts were")) " left out, the last one due "
                (when_exactly(Instant::of(*due), whole.campaign.timezone, None)) ": " (reason)
            }
            Event::Import { state, .. } => {
                "A list of contacts " @match state {
                    ImportState::Running => "is being read.",
                    ImportState::Completed => { "was read: " (badge("completed")) }
                    ImportState::Failed(reason) => { "could not be read: " (badge("failed")) " " (reason) }
                    ImportState::Canceled => { "was ended: " (badge("canceled")) }
                }
            }
            Event::Attempt { attempt: id, contact, state } => {
                a href=(attempt(id)) { "An attempt" }
                " to reach "
                a href=(whole.address(&format!("/contacts/{}", contact.uuid(campaign)))) data-drawer="" { "a contact" }
                " is " (badge(state.name()))
                @if let Some(outcome) = state.outcome() { " " (badge(outcome.name())) }
            }
            Event::ForeignCall { attempt: id, known } => {
                "The carrier spoke of another call than that of "
                a href=(attempt(id)) { "an attempt" }
                @if let Some(known) = known { " (" span.mono { (known) } ")" } "."
            }
            Event::Contact { contact, status } => {
                a href=(whole.address(&format!("/contacts/{}", contact.uuid(campaign)))) data-drawer="" { "A contact" }
                " is now " (badge(status.word()))
            }
        }
    }
}
