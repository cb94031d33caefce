//! The calls in flight.

use maud::{Markup, html};

use super::Whole;
use super::ledger::Attempt;
use crate::dashboard::badge::badge;
use crate::dashboard::numbers::{count, counted, duration};
use crate::dashboard::visit::Visit;

/// So many are listed.
const SHOWN: usize = 10;

pub(super) fn shown(visit: &Visit, whole: &Whole, calls: &[Attempt]) -> Markup {
    html! {
        section.sheet id="calls" {
            h2 { "In flight: " (count(calls.len() as u64)) }
            @if calls.is_empty() { p { "Nobody is being called now." } }
            ul.calls {
                @for call in calls.iter().take(SHOWN) {
                    li id={ "call-" (call.id) } {
                        a href=(whole.address(&format!("/contacts/{}", call.contact_id))) data-drawer="" { (call.to) }
                        " " (badge(&call.state)) " "
                        span.hint { "for " (duration(visit.now().seconds_since(call.intended_at).max(0) as f64)) }
                    }
                }
            }
            @if let Some(more) = calls.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                p.hint { "And " (counted(more as u64, "more", "more")) ": "
                    a href=(whole.address("/contacts?status=calling")) { "all who are being called" } "." }
            }
        }
    }
}
