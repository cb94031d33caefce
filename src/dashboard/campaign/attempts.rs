//! The ledger: every try of a campaign to reach somebody, newest first.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::ledger::Attempt;
use super::{Tab, Whole, framed};
use crate::dashboard::api::List;
use crate::dashboard::badge::{badge, words};
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::duration;
use crate::dashboard::pager::{pager, query};
use crate::dashboard::visit::Visit;
use crate::dashboard::when::when_exactly;
use crate::view::ATTEMPT_STATES;

/// Rows of a page.
const ROWS: usize = 50;

/// Which attempts are looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    state: String,
    cursor: Option<String>,
}

pub(super) async fn page(
    visit: Visit,
    id: Path<String>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Failure> {
    let whole = Whole::read(&visit, &id).await?;
    let limit = ROWS.to_string();
    let pairs = [("state", filter.state.as_str())];
    let cursor = filter.cursor.as_deref().unwrap_or_default();
    let all = [
        pairs.as_slice(),
        &[("order", "newest"), ("limit", &limit), ("cursor", cursor)],
    ]
    .concat();
    let attempts: List<Attempt> = visit
        .api
        .get(&format!("/campaigns/{id}/attempts{}", query(&all)))
        .await?;
    let path = whole.address("/attempts");
    let body = html! {
        form.filters method="get" action=(path) role="search" data-filter="" {
            label {
                span { "State" }
                select name="state" {
                    option value="" { "any" }
                    @for state in ATTEMPT_STATES {
                        option value=(state) selected[state == filter.state] { (words(state)) }
                    }
                }
            }
            button.quiet { "Show" }
        }
        div id="attempts" data-live="" {
            @if attempts.items.is_empty() {
                p {
                    @if filter.state.is_empty() { "Nobody was called yet." }
                    @else if attempts.next_cursor.is_some() { "No attempt is like that among those looked at so far; the next page looks at more." }
                    @else { "No attempt is like that." }
                }
            } @else { (table(&visit, &whole, &attempts.items)) }
            (pager(&path, &pairs, filter.cursor.as_deref(), attempts.next_cursor.as_deref()))
        }
    };
    Ok(framed(&visit, &whole, Tab::Attempts, None, &body))
}

fn table(visit: &Visit, whole: &Whole, attempts: &[Attempt]) -> Markup {
    let zone = Some(whole.campaign.timezone);
    html! {
        div.table tabindex="0" role="region" aria-label="Attempts" {
            table {
                thead { tr {
                    th scope="col" { "When" }
                    th scope="col" { "Number" }
                    th.number scope="col" { "Try" }
                    th scope="col" { "State" }
                    th scope="col" { "Outcome" }
                    th.number scope="col" { "Talked for" }
                    th scope="col" { "Answered by" }
                    th.number scope="col" { "Version" }
                } }
                tbody {
                    @for attempt in attempts {
                        tr id={ "attempt-" (attempt.id) } {
                            th scope="row" {
                                a href=(whole.address(&format!("/attempts/{}", attempt.id))) {
                                    (when_exactly(attempt.intended_at, visit.zone, zone))
                                }
                            }
                            td {
                                a href=(whole.address(&format!("/contacts/{}", attempt.contact_id))) data-drawer="" {
                                    (attempt.to)
                                }
                            }
                            td.number { (attempt.number) }
                            td { (badge(&attempt.state)) }
                            td { @if let Some(outcome) = &attempt.outcome { (badge(outcome)) } @else { "–" } }
                            td.number {
                                (attempt.duration_seconds.map_or("–".to_owned(), |seconds| duration(f64::from(seconds))))
                            }
                            td { (attempt.answered_by.as_deref().map_or("–".to_owned(), words)) }
                            td.number { (attempt.config_version) }
                        }
                    }
                }
            }
        }
    }
}
