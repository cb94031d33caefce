//! Until when a number is on a list: as people choose it, and as the API takes it.

use chrono::{Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use crate::dashboard::form::choices;
use crate::dashboard::when::Instant;

/// The instant with which a day ends in a zone; `None` where it is not a day.
pub(super) fn end_of(day: &str, zone: Tz) -> Option<Instant> {
    let next = day.parse::<NaiveDate>().ok()?.succ_opt()?.and_hms_opt(0, 0, 0)?;
    // Where clocks are put forward at midnight, the day begins an hour later.
    let starts = [0, 1].into_iter().find_map(|hours| {
        let at = next.checked_add_signed(Duration::hours(hours))?;
        zone.from_local_datetime(&at).earliest()
    });
    starts.map(|at| Instant(at.with_timezone(&Utc)))
}

/// Spans to choose from, as the instants at which they end.
pub(super) fn spans(now: Instant) -> Vec<(String, String)> {
    const DAYS: [(i64, &str); 5] = [
        (30, "for 30 days"),
        (90, "for 90 days"),
        (365, "for a year"),
        (2 * 365, "for two years"),
        (5 * 365, "for five years"),
    ];
    let mut all = choices(&[("", "for good")]);
    all.extend(DAYS.map(|(days, words)| {
        let end = Instant(now.0 + Duration::days(days));
        (end.text(), words.to_owned())
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(day: &str, zone: Tz) -> Option<String> {
        end_of(day, zone).map(Instant::text)
    }

    #[test]
    fn a_number_is_on_a_list_to_the_end_of_the_day_in_the_viewers_zone() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(end("2026-07-01", Tz::UTC), text("2026-07-02T00:00:00Z"));
        assert_eq!(
            end("2026-07-01", Tz::America__New_York),
            text("2026-07-02T04:00:00Z")
        );
        // Midnight is left out that day: the clocks go from 23:59 to 01:00.
        assert_eq!(
            end("2018-11-03", Tz::America__Sao_Paulo),
            text("2018-11-04T03:00:00Z")
        );
    }

    #[test]
    fn what_is_no_day_has_no_end() {
        for day in ["", "2026-02-30", "tomorrow", "2026-07-01T10:00"] {
            assert_eq!(end(day, Tz::UTC), None, "{day}");
        }
    }
}
