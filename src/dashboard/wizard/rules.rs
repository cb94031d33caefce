//! The third step: at which hours, by which rules, how fast, and when.

use maud::{Markup, html};

use super::asked::{self, DAYS};
use super::offered::{self, Laws, with_chosen};
use crate::dashboard::badge::words;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, choices, id_of};
use crate::dashboard::visit::Visit;
use crate::dashboard::week::{Window, week};
use crate::spec::RETRIABLE;
use crate::view::words::Word;

mod schedule;

const WINDOWS: &str = "calling_windows";
const CAPS: &str = "contact_caps";

pub(super) async fn body(visit: &Visit, form: &Form) -> Result<Markup, Failure> {
    let calendars = offered::named(visit, "/holiday-calendars").await?;
    let lists = offered::do_not_call(visit).await?;
    let laws = offered::laws(visit).await?;
    let starts = schedule::starts(visit, &form.fields).await?;
    Ok(html! {
        div.parts {
        section.sheet {
            h2 { "Hours" }
            (windows(form))
        }
        section.sheet {
            h2 { "Whom not to call, and how often" }
            (ids(form, "suppression_list_ids", "Do-not-call lists", lists,
                "Numbers on the organization's own list are never called. Tick the others that count here."))
            (ids(form, "holiday_calendar_ids", "Holiday calendars", calendars, "On their days nobody is called."))
            (laws_to_keep(form, &laws))
            (caps(form))
        }
        section.sheet {
            h2 { "Pace" }
            div.inline {
                (form.input("pacing.per_minute", "Calls a minute").number("1", Some("60000"), "1").required())
                (form.input("pacing.max_concurrent", "Calls at once").number("1", Some("10000"), "1").required())
                (form.input("pacing.delay_seconds", "Seconds between starts").number("0", Some("86400"), "1").required())
            }
            p.hint { "The line has limits of its own, and shares them among campaigns." }
        }
        section.sheet {
            h2 { "Trying again" }
            (form.input("retry.max_retries", "Retries").number("0", Some("100"), "1").required()
                .hint("Not tries: 3 retries are 4 calls at most."))
            (form.input("retry.backoff_seconds", "Wait before each").hint("As 15 min, 4 h, 1 d. The last one repeats."))
            (form.ticks("retry.outcomes", "After a call that ended", Some("None of them: nobody is tried again."), &outcomes()))
        }
        section.sheet {
            h2 { "When calls fail" }
            p.hint { "The campaign pauses by itself from this share of failed calls on. Leave it empty for never." }
            div.inline {
                (form.input("circuit_breaker.failure_rate", "Share that fails").number("0.01", Some("1"), "0.01").with("placeholder", "0.5"))
                (form.input("circuit_breaker.window_seconds", "Within seconds").number("10", Some("3600"), "1").with("placeholder", "120"))
                (form.input("circuit_breaker.min_attempts", "Of at least so many").number("1", Some("10000"), "1").with("placeholder", "5"))
            }
        }
        section.sheet.schedule {
            h2 { "When it starts" }
            (schedule::shown(visit, form, &starts))
        }
        }
    })
}

/// Does what a button of the step asks for besides going elsewhere: rows are added and removed, hours preset. Whether
/// there was such a button.
pub(super) fn altered(fields: &mut Fields, typed: &Fields) -> bool {
    let asked = |name: &str| typed.given(name).map(str::to_owned);
    if let Some(what) = asked("add") {
        match what.as_str() {
            "window" => asked::add_window(fields, &DAYS[..5], "09:00", "17:00"),
            "cap" => {
                let row = asked::rows(fields, CAPS);
                fields.set(&format!("{CAPS}[{row}].max_attempts"), "3");
                fields.set(&format!("{CAPS}[{row}].per_hours"), "24");
            }
            _ => {}
        }
        return true;
    }
    if let Some(row) = asked("remove") {
        let (list, row) = row.split_once('#').unwrap_or_default();
        if let (WINDOWS | CAPS, Ok(row)) = (list, row.parse()) {
            asked::remove_row(fields, list, row);
        }
        return true;
    }
    let Some(preset) = asked("preset") else {
        return false;
    };
    for row in (0..asked::rows(fields, WINDOWS)).rev() {
        asked::remove_row(fields, WINDOWS, row);
    }
    match preset.as_str() {
        "weekdays" => asked::add_window(fields, &DAYS[..5], "09:00", "17:00"),
        "any" => {}
        _ => asked::add_window(fields, &DAYS, "08:00", "21:00"),
    }
    true
}

/// The calling windows that stand in the fields.
pub(super) fn windows_of(fields: &Fields) -> Vec<Window> {
    let window = |row: usize| {
        let part = |part: &str| format!("{WINDOWS}[{row}].{part}");
        Window {
            days: fields.all(&part("days")).map(str::to_owned).collect(),
            start: fields.get(&part("start")).to_owned(),
            end: fields.get(&part("end")).to_owned(),
        }
    };
    (0..asked::rows(fields, WINDOWS)).map(window).collect()
}

fn windows(form: &Form) -> Markup {
    let count = asked::rows(&form.fields, WINDOWS);
    html! {
        p.actions {
            span { "Set them to" }
            @for (value, label) in [("weekdays", "weekdays 9 to 17"), ("daily", "every day 8 to 21"), ("any", "any hour")] {
                button.quiet name="preset" value=(value) formnovalidate { (label) }
            }
        }
        (week(&windows_of(&form.fields), "hours"))
        div id=(id_of(WINDOWS)) tabindex="-1" {
            @for row in 0..count { (window(form, row)) }
            @if count == 0 {
                div.flash.note { "No hours are named, so calls may go out at any hour of the day and night." }
            }
        }
        p.actions {
            button.quiet name="add" value="window" formnovalidate { "Add hours" }
            @if count > 0 { button.quiet name="go" value="look" formnovalidate { "Draw them again" } }
        }
        (form.select("window_zone", "By whose clock", choices(&[("contact", "the contact's"), ("campaign", "the campaign's")])).required()
            .hint("A contact's clock is that of the list, or else of the number's area; all clocks that it may have must allow the call."))
        details open[asked::campaign(&form.fields).get("fallback_window").is_some()] {
            summary { "Contacts whose clock nobody knows" }
            p.hint { "They are not called, unless hours by the campaign's clock are named here." }
            (span(form, "fallback_window", false))
        }
    }
}

fn window(form: &Form, row: usize) -> Markup {
    let place = format!("{WINDOWS}[{row}]");
    html! {
        fieldset.window {
            legend { "Hours " (row + 1) }
            (span(form, &place, true))
            button.quiet name="remove" value={ (WINDOWS) "#" (row) } formnovalidate { "Remove" span.hidden { " hours " (row + 1) } }
        }
    }
}

fn span(form: &Form, place: &str, is_required: bool) -> Markup {
    let [days, start, end] = ["days", "start", "end"].map(|part| format!("{place}.{part}"));
    let time = |name, label| {
        let input = form.input(name, label).kind("time");
        if is_required { input.required() } else { input }
    };
    let days = form.ticks(&days, "Days", None, &choices(&DAYS));
    html! {
        div.days { (days) }
        div.inline { (time(&start, "From")) (time(&end, "To")) }
    }
}

/// Boxes for what is named by id; nothing where it is not to be seen.
fn ids(form: &Form, name: &str, legend: &str, offered: Option<Vec<(String, String)>>, hint: &str) -> Markup {
    let all = with_chosen(offered.unwrap_or_default(), form.fields.all(name));
    html! {
        @if all.is_empty() {
            p.hint id=(id_of(name)) { (legend) ": there are none yet." }
        } @else {
            (form.ticks(name, legend, Some(hint), &all))
        }
    }
}

fn laws_to_keep(form: &Form, laws: &Laws) -> Markup {
    let all: Vec<(String, String)> = laws
        .items
        .iter()
        .map(|law| (law.id.clone(), law.name.clone()))
        .collect();
    let all = with_chosen(all, form.fields.all("law_presets"));
    html! {
        (form.ticks("law_presets", "Calling laws", Some(&laws.note), &all))
        details {
            summary { "Where to read them" }
            ul {
                @for law in &laws.items {
                    li {
                        @if law.source.starts_with("https://") || law.source.starts_with("http://") {
                            a href=(law.source) rel="noreferrer" { (law.name) }
                        } @else { (law.name) ": " (law.source) }
                    }
                }
            }
        }
    }
}

fn caps(form: &Form) -> Markup {
    html! {
        fieldset id=(id_of(CAPS)) {
            legend { "How often a number may be tried" }
            p.hint { "By whichever campaign. Each of these must allow a call; without any there is no limit but the retries." }
            @for row in 0..asked::rows(&form.fields, CAPS) {
                @let [most, hours] = ["max_attempts", "per_hours"].map(|part| format!("{CAPS}[{row}].{part}"));
                div.inline.row role="group" aria-label={ "Limit " (row + 1) } {
                    (form.input(&most, "Calls").number("1", Some("100"), "1").required())
                    (form.input(&hours, "Within hours").number("1", Some("744"), "1").required())
                    button.quiet name="remove" value={ (CAPS) "#" (row) } formnovalidate { "Remove" span.hidden { " limit " (row + 1) } }
                }
            }
            button.quiet name="add" value="cap" formnovalidate { "Add a limit" }
        }
    }
}

fn outcomes() -> Vec<(String, String)> {
    let told =
        |outcome: &outdial_domain::attempt::Outcome| (outcome.word().to_owned(), words(outcome.word()));
    RETRIABLE.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn pressed(name: &str, value: &str) -> Fields {
        Fields(choices(&[(name, value)]))
    }

    #[test]
    fn rows_are_added_and_removed_by_their_buttons() {
        let mut fields = asked::usual(Tz::UTC);
        assert!(altered(&mut fields, &pressed("add", "window")));
        assert_eq!(windows_of(&fields).len(), 2);
        assert!(altered(&mut fields, &pressed("remove", "calling_windows#0")));
        let left = windows_of(&fields);
        assert_eq!(
            (left.len(), left[0].start.as_str(), left[0].days.len()),
            (1, "09:00", 5)
        );
        assert!(altered(&mut fields, &pressed("add", "cap")));
        assert_eq!(asked::rows(&fields, CAPS), 1);
        assert!(altered(&mut fields, &pressed("remove", "contact_caps#0")));
        assert_eq!(asked::rows(&fields, CAPS), 0);
    }

    #[test]
    fn a_preset_is_instead_of_all_hours_and_any_hour_is_none() {
        let mut fields = asked::usual(Tz::UTC);
        altered(&mut fields, &pressed("add", "window"));
        assert!(altered(&mut fields, &pressed("preset", "weekdays")));
        let windows = windows_of(&fields);
        assert_eq!((windows.len(), windows[0].end.as_str()), (1, "17:00"));
        assert!(altered(&mut fields, &pressed("preset", "any")));
        assert!(windows_of(&fields).is_empty());
    }

    #[test]
    fn no_button_removes_what_is_no_row_of_a_list() {
        let mut fields = asked::usual(Tz::UTC);
        for what in ["calling_windows#9", "pacing#0", "x", "#"] {
            let before = fields.clone();
            assert!(altered(&mut fields, &pressed("remove", what)));
            assert_eq!(fields, before, "{what}");
        }
        assert!(!altered(&mut fields, &pressed("go", "next")));
    }
}
