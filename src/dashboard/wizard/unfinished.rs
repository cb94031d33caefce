//! Campaigns that are not finished: gone on with, discarded, or another begun.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};
use uuid::Uuid;

use super::drafts::{self, Draft};
use super::made;
use super::step::Step;
use super::{crumbs, id, must, path};
use crate::dashboard::BASE;
use crate::dashboard::failure::Failure;
use crate::dashboard::page::{Page, Part};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};

/// What was begun before, or straight on to a new one.
pub(super) async fn choose(visit: Visit) -> Result<HttpResponse, Failure> {
    must(&visit)?;
    let drafts = drafts::all(&visit)?;
    if drafts.is_empty() && visit.flash.is_none() {
        return Ok(anew(&visit));
    }
    let body = html! {
        (crumbs())
        div.heading { h1 { "New campaign" } }
        section.sheet {
            h2 { "Begin a new one" }
            form method="post" action={ (BASE) "/campaigns/new" } { button.primary id="begin" { "Begin" } }
        }
        (listed(&visit, &drafts))
    };
    Ok(visit.page(&Page {
        title: "New campaign",
        part: Part::Campaigns,
        events: None,
        body,
    }))
}

pub(super) async fn begin(visit: Visit) -> Result<HttpResponse, Failure> {
    must(&visit)?;
    Ok(anew(&visit))
}

/// Nothing is kept of it until something is typed.
fn anew(visit: &Visit) -> HttpResponse {
    let outdial = visit.outdial();
    visit.goes_to(&path(outdial.new_id(outdial.now()), Step::Info))
}

/// Removes a draft with its list, and the campaign that was made of it, unless somebody has started or changed that.
pub(super) async fn discard(visit: Visit, at: Path<String>) -> Result<HttpResponse, Failure> {
    let id = id(&at)?;
    let _turn = drafts::turn(&visit, id).await;
    must(&visit)?;
    let Some(draft) = drafts::find(&visit, id)? else {
        return Ok(visit.done("/campaigns/new", "It was gone already."));
    };
    let is_gone = made::unmake(&visit, &draft).await?;
    draft.remove(&visit).await?;
    let mut told = format!("“{}” is discarded.", draft.name());
    if !is_gone {
        told.push_str(" The campaign that was made of it stays: somebody has started it, or changed it on its own page.");
    }
    Ok(visit.done("/campaigns/new", told))
}

/// The campaigns that were begun and are not finished, to be shown among the others; nothing where there are none, or for
/// those who may not run campaigns.
pub(in crate::dashboard) fn unfinished(visit: &Visit) -> Result<Markup, Failure> {
    if !visit.may_run() {
        return Ok(html! {});
    }
    Ok(listed(visit, &drafts::all(visit)?))
}

/// The campaigns that were made of such drafts to be rehearsed, and where to go on with each, below the dashboard's base.
pub(in crate::dashboard) fn in_the_making(visit: &Visit) -> Result<HashMap<Uuid, String>, Failure> {
    if !visit.may_run() {
        return Ok(HashMap::new());
    }
    let drafts = drafts::all(visit)?;
    let made = drafts.iter().filter_map(|draft| Some((draft.campaign?, draft)));
    Ok(made
        .map(|(campaign, draft)| (campaign, path(draft.id, draft.reached())))
        .collect())
}

fn listed(visit: &Visit, drafts: &[Draft]) -> Markup {
    html! {
        @if !drafts.is_empty() {
            section.sheet.unfinished id="unfinished" {
                h2 { "Not finished yet" }
                ul {
                    @for draft in drafts { (one(visit, draft)) }
                }
            }
        }
    }
}

fn one(visit: &Visit, draft: &Draft) -> Markup {
    let step = draft.reached();
    let name = draft.name();
    html! {
        li id={ "draft-" (draft.id) } {
            div {
                a href={ (BASE) (path(draft.id, step)) } { "Go on with " b { (name) } }
                p.hint {
                    "At “" (step.title()) "”, begun by " (draft.created_by) ", last typed in "
                    (when(Instant::of(draft.updated_at), visit.zone, None))
                }
            }
            form method="post" action={ (BASE) "/campaigns/new/" (draft.id) "/discard" } {
                button.quiet.danger id={ "discard-" (draft.id) } data-ask={ "Discard “" (name) "” with everything that was typed?" } {
                    "Discard" span.hidden { " " (name) }
                }
            }
        }
    }
}
