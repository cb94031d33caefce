//! What a campaign waits for: who may be called next, and when.

use chrono_tz::Tz;
use maud::{Markup, html};

use super::Whole;
use crate::dashboard::api::NextDue;
use crate::dashboard::numbers::counted;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, place_of, when};

/// So many groups of zones are told one by one.
const SHOWN: usize = 12;
/// So many zones of a group are named.
const NAMED: usize = 3;

pub(super) fn shown(visit: &Visit, whole: &Whole, due: &[NextDue]) -> Markup {
    html! {
        section.sheet id="waiting" {
            h2 { "What comes next" }
            @if due.is_empty() {
                p { (nothing(whole)) }
            } @else {
                @let (now, later) = by_now(due, visit.now());
                @if now > 0 {
                    p.next { strong { "Next: " } (counted(now, "contact", "contacts")) " may be called now" }
                }
                @for (place, next) in later.iter().take(SHOWN).enumerate() {
                    p.next {
                        @if now == 0 && place == 0 { strong { "Next: " } }
                        (told(visit, whole, next))
                    }
                }
                @if let Some(more) = later.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    p.hint { "And " (counted(more as u64, "more group of zones", "more groups of zones")) ", later." }
                }
                p.hint {
                    "As far as windows, holidays, laws and retries say; the pace, free slots and caps may make it later."
                }
            }
        }
    }
}

/// How many may be called now, and whoever may be later.
fn by_now(due: &[NextDue], now: Instant) -> (u64, Vec<&NextDue>) {
    let (open, later): (Vec<&NextDue>, Vec<&NextDue>) = due.iter().partition(|due| due.at <= now);
    (open.iter().map(|due| due.contacts).sum(), later)
}

/// How many, when by their own clock, and when by the viewer's.
fn told(visit: &Visit, whole: &Whole, due: &NextDue) -> Markup {
    let contacts = counted(due.contacts, "contact", "contacts");
    let zone = due.zones.first().and_then(|zone| zone.parse::<Tz>().ok());
    let zone = zone.unwrap_or(whole.campaign.timezone);
    html! {
        (contacts) " at " (clock(due.at, zone, visit))
        @if due.zones.is_empty() {
            span.hint { ", whose zone is not known" }
        } @else if due.zones.len() > 1 {
            span.hint { " (" (places(&due.zones)) ")" }
        }
    }
}

/// The clock of those who are called first, the viewer's beside it.
fn clock(at: Instant, zone: Tz, visit: &Visit) -> Markup {
    when(at, zone, Some(visit.zone))
}

fn places(zones: &[String]) -> String {
    let named: Vec<String> = zones.iter().take(NAMED).map(|zone| place_of(zone)).collect();
    match zones.len().saturating_sub(NAMED) {
        0 => format!("where it is allowed in {} at once", named.join(", ")),
        more => format!(
            "where it is allowed in {} and {more} more at once",
            named.join(", ")
        ),
    }
}

/// Why time alone brings no call.
fn nothing(whole: &Whole) -> &'static str {
    let counters = &whole.campaign.counters;
    match whole.campaign.status.as_str() {
        "draft" => "Nobody is called before it is started.",
        "paused" => "It is paused: nobody is called until it is resumed.",
        "scheduled" => "It waits for its start.",
        "running" if counters.pending == 0 && counters.calling > 0 => {
            "Nobody is left to be called; the calls in flight run out."
        }
        "running" if counters.total == 0 => "Its list is still being read.",
        "running" if counters.pending == 0 => "Nobody is left to be called.",
        "running" => "No passing of time brings another call: no window of those who are left ever opens.",
        _ => "It has ended: nobody is called any more.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_zones_are_told_by_the_first_few() {
        let zones = [
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Boise",
        ];
        let zones: Vec<String> = zones.iter().map(|zone| (*zone).to_owned()).collect();
        assert_eq!(
            places(&zones[..2]),
            "where it is allowed in New York, Chicago at once"
        );
        assert_eq!(
            places(&zones),
            "where it is allowed in New York, Chicago, Denver and 1 more at once"
        );
    }
}
