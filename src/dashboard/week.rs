//! Calling windows drawn as a week: a row for each day, midnight to midnight, and the same in words.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Deserialize;

const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];
/// Minutes of a day, which are the drawing's units.
const DAY: u16 = 24 * 60;
/// How high a row of the drawing is, and the bar in it.
const ROW: usize = 10;
const BAR: usize = 8;

/// A calling window, as the API writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Window {
    pub(super) days: Vec<String>,
    pub(super) start: String,
    pub(super) end: String,
}

/// From a minute of a day to another of the same day.
type Span = (u16, u16);

/// The week that these windows leave open; none at all leave every hour open, as they do in the API. What cannot be read
/// as a day or a time is left out. The id is unlike any other on the page.
pub(super) fn week(windows: &[Window], id: &str) -> Markup {
    let open = open(windows);
    let says = format!("{id}-says");
    html! {
        div.week id=(id) {
            div.drawn {
                div.days aria-hidden="true" { @for (_, name) in DAYS { span { (&name[..3]) } } }
                svg viewBox={ "0 0 " (DAY) " " (7 * ROW) } preserveAspectRatio="none" role="img" aria-labelledby=(says) {
                    @for (row, spans) in open.iter().enumerate() {
                        rect.closed x="0" width=(DAY) y=(row * ROW + 1) height=(BAR) {}
                        @for (from, to) in spans {
                            rect.open x=(from) width=(to - from) y=(row * ROW + 1) height=(BAR) {
                                title { (DAYS[row].1) ", " (clock(*from)) " to " (clock(*to)) }
                            }
                        }
                    }
                    @for hour in (6..24).step_by(6) { line.hour x1=(hour * 60) x2=(hour * 60) y1="0" y2=(7 * ROW) {} }
                }
                div.hours aria-hidden="true" { @for hour in (0..=24).step_by(6) { span { (format!("{hour:02}")) } } }
            }
            p.says id=(says) { (told(&open)) }
        }
    }
}

/// What is open on each day, from Monday on: in order, and apart from each other.
fn open(windows: &[Window]) -> [Vec<Span>; 7] {
    let mut open: [Vec<Span>; 7] = Default::default();
    if windows.is_empty() {
        return open.map(|_| vec![(0, DAY)]);
    }
    for window in windows {
        let (Some(start), Some(end)) = (minutes(&window.start), minutes(&window.end)) else {
            continue;
        };
        let end = if end == 0 { DAY } else { end };
        for day in window.days.iter().filter_map(|day| number(day)) {
            if start < end {
                open[day].push((start, end));
            } else {
                // Over midnight, into the next day.
                open[day].push((start, DAY));
                open[(day + 1) % 7].push((0, end));
            }
        }
    }
    open.map(apart)
}

/// The same time in spans that neither overlap nor touch.
fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut all: Vec<Span> = Vec::new();
    for (from, to) in spans.into_iter().filter(|(from, to)| from < to) {
        match all.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => all.push((from, to)),
        }
    }
    all
}

fn number(day: &str) -> Option<usize> {
    DAYS.iter().position(|(word, _)| *word == day)
}

fn minutes(clock: &str) -> Option<u16> {
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && all <= DAY).then_some(all)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The same in words alone.
pub(super) fn in_words(windows: &[Window]) -> String {
    told(&open(windows))
}

/// The drawing in a few sentences; days that are alike are told together.
fn told(open: &[Vec<Span>; 7]) -> String {
    let mut alike: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (day, spans) in open.iter().enumerate().filter(|(_, spans)| !spans.is_empty()) {
        let first = open.iter().position(|other| other == spans).unwrap_or(day);
        alike.entry(first).or_default().push(day);
    }
    if alike.is_empty() {
        return "Never: no day has an hour.".to_owned();
    }
    let sentences: Vec<String> = alike
        .iter()
        .map(|(first, days)| format!("{}, {}.", days_in_words(days), hours_in_words(&open[*first])))
        .collect();
    sentences.join(" ")
}

fn hours_in_words(spans: &[Span]) -> String {
    if spans == [(0, DAY)] {
        return "at any hour".to_owned();
    }
    let spans: Vec<String> = spans
        .iter()
        .map(|(from, to)| format!("{} to {}", clock(*from), clock(*to)))
        .collect();
    spans.join(" and ")
}

/// Days in order, those that follow each other as one.
fn days_in_words(days: &[usize]) -> String {
    if days.len() == 7 {
        return "Every day".to_owned();
    }
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == *day => run.1 = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let told: Vec<String> = runs
        .into_iter()
        .map(|(from, to)| match to - from {
            0 => DAYS[from].1.to_owned(),
            1 => format!("{} and {}", DAYS[from].1, DAYS[to].1),
            _ => format!("{} to {}", DAYS[from].1, DAYS[to].1),
        })
        .collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[&str], start: &str, end: &str) -> Window {
        Window {
            days: days.iter().map(|day| (*day).to_owned()).collect(),
            start: start.to_owned(),
            end: end.to_owned(),
        }
    }

    #[test]
    fn days_that_are_alike_are_told_together() {
        let weekdays = window(&["mon", "tue", "wed", "thu", "fri"], "09:00", "17:00");
        let saturday = window(&["sat"], "10:00", "12:30");
        assert_eq!(
            in_words(&[weekdays, saturday]),
            "Monday to Friday, 09:00 to 17:00. Saturday, 10:00 to 12:30."
        );
        assert_eq!(
            in_words(&[window(&["mon", "wed", "thu"], "09:00", "17:00")]),
            "Monday, Wednesday and Thursday, 09:00 to 17:00."
        );
    }

    #[test]
    fn no_windows_are_every_hour_and_none_that_can_be_read_are_never() {
        assert_eq!(in_words(&[]), "Every day, at any hour.");
        assert_eq!(
            in_words(&[window(&["mon"], "9 o'clock", "17:00")]),
            "Never: no day has an hour."
        );
    }

    #[test]
    fn a_window_over_midnight_goes_on_in_the_next_day_and_from_sunday_in_monday() {
        assert_eq!(
            in_words(&[window(&["sun"], "22:00", "02:00")]),
            "Monday, 00:00 to 02:00. Sunday, 22:00 to 24:00."
        );
        assert_eq!(
            in_words(&[window(&["sat"], "20:00", "00:00")]),
            "Saturday, 20:00 to 24:00."
        );
    }

    #[test]
    fn windows_that_overlap_or_touch_are_one() {
        let all = [
            window(&["mon"], "12:00", "14:00"),
            window(&["mon"], "09:00", "12:00"),
            window(&["mon"], "13:00", "15:00"),
            window(&["mon"], "16:00", "17:00"),
        ];
        assert_eq!(in_words(&all), "Monday, 09:00 to 15:00 and 16:00 to 17:00.");
    }

    #[test]
    fn the_drawing_has_a_bar_as_wide_as_the_window_is_long() {
        let drawn = week(&[window(&["tue"], "09:00", "17:00")], "hours").0;
        assert!(
            drawn.contains(r#"<rect class="open" x="540" width="480" y="11" height="8">"#),
            "{drawn}"
        );
        assert!(
            drawn.contains("<title>Tuesday, 09:00 to 17:00</title>"),
            "{drawn}"
        );
        assert!(
            drawn.contains(r#"id="hours-says">Tuesday, 09:00 to 17:00.</p>"#),
            "{drawn}"
        );
    }
}
