//! When the campaign starts: at once, at a time, or again and again.

use maud::{Markup, html};
use serde::Deserialize;

use super::super::asked;
use crate::dashboard::failure::{Failure, sentence};
use crate::dashboard::form::{Fields, Form, choices};
use crate::dashboard::pager::query;
use crate::dashboard::visit::{Visit, told};
use crate::dashboard::when::{Instant, when};

/// The next starts of a pattern, or why it has none; `None` where none was typed.
pub(super) type Starts = Option<Result<Vec<Instant>, String>>;

#[derive(Deserialize)]
struct Occurrences {
    occurrences: Vec<Instant>,
}

/// What comes of the pattern that was typed.
pub(super) async fn starts(visit: &Visit, fields: &Fields) -> Result<Starts, Failure> {
    let Some(cron) = fields.given("schedule.cron") else {
        return Ok(None);
    };
    let asked = query(&[
        ("cron", cron),
        ("timezone", asked::zone(fields).name()),
        ("count", "5"),
    ]);
    match visit
        .api
        .get::<Occurrences>(&format!("/schedule/preview{asked}"))
        .await
    {
        Ok(found) => Ok(Some(Ok(found.occurrences))),
        Err(Failure::Refused(refusal)) => Ok(Some(Err(told(&refusal)))),
        Err(failure) => Err(failure),
    }
}

pub(super) fn shown(visit: &Visit, form: &Form, starts: &Starts) -> Markup {
    let zone = asked::zone(&form.fields);
    let clock = format!("By the clock of {}.", zone.name());
    let kinds = [
        ("immediate", "as soon as I start it"),
        ("scheduled", "at a time"),
        ("recurring", "again and again"),
    ];
    let missed = [
        ("run", "made up for, however late"),
        ("skip", "left out"),
        ("run_within", "made up for within a while"),
    ];
    html! {
        (form.select("schedule.type", "Start", choices(&kinds)).required())
        div.if-scheduled {
            (form.input("schedule.start_at", "Starts at").kind("datetime-local").hint(&clock))
        }
        div.if-recurring {
            (form.input("schedule.cron", "Pattern").with("placeholder", "0 9 * * 1-5").with("spellcheck", "false").with("autocomplete", "off")
                .hint("Cron, five fields: minute, hour, day, month, weekday. 0 9 * * 1-5 is nine o'clock on weekdays."))
            p { button.quiet name="go" value="look" formnovalidate { "Show the next starts" } }
            (next(visit, zone, starts))
        }
        div.if-later {
            (form.input("schedule.end_at", "Ends at").kind("datetime-local")
                .hint("Nobody is called from then on. Without an end it goes on until all is done."))
            (form.select("missed_start.policy", "A start that passes while outdial is down or the campaign is paused is", choices(&missed)))
            div.if-within { (form.input("missed_start.grace_seconds", "Within").hint("As 15 min, 2 h.")) }
        }
    }
}

fn next(visit: &Visit, zone: chrono_tz::Tz, starts: &Starts) -> Markup {
    html! {
        div #starts {
            @match starts {
                None => {}
                Some(Err(why)) => p.error { "No starts can be shown: " (sentence(why)) }
                Some(Ok(starts)) => {
                    h3 { "The next starts" }
                    ol { @for start in starts { li { (when(*start, visit.zone, Some(zone))) } } }
                }
            }
        }
    }
}
