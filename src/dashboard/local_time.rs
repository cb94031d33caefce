//! Times that people type: on the clock of their own zone, as `<input type="datetime-local">` sends them.

use chrono::{Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::when::Instant;

/// To the minute, as the control shows and takes it.
const FORMAT: &str = "%Y-%m-%dT%H:%M";

/// The instant that is typed, as the API takes it. What is no time is left as it is, for the API to say so.
pub(super) fn for_api(typed: &str, zone: Tz) -> String {
    instant(typed, zone).map_or_else(|| typed.to_owned(), Instant::text)
}

/// An instant as the control shows it.
pub(super) fn typed(at: Instant, zone: Tz) -> String {
    at.0.with_timezone(&zone).format(FORMAT).to_string()
}

/// Of a wall clock time that comes twice the first is meant; one that is left out is the one an hour later.
fn instant(typed: &str, zone: Tz) -> Option<Instant> {
    let wall = ["%Y-%m-%dT%H:%M:%S", FORMAT]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok())?;
    let later = wall.checked_add_signed(Duration::hours(1))?;
    let found = [wall, later]
        .iter()
        .find_map(|wall| zone.from_local_datetime(wall).earliest())?;
    Some(Instant(found.with_timezone(&Utc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_time_is_one_on_the_viewers_clock_and_is_shown_as_it_was_typed() {
        let amsterdam = Tz::Europe__Amsterdam;
        assert_eq!(for_api("2026-07-01T09:30", amsterdam), "2026-07-01T07:30:00Z");
        assert_eq!(for_api("2026-01-01T09:30:15", amsterdam), "2026-01-01T08:30:15Z");
        let at = instant("2026-07-01T09:30", amsterdam).expect("a time");
        assert_eq!(typed(at, amsterdam), "2026-07-01T09:30");
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_an_hour_later_and_of_two_the_first_is_meant() {
        let new_york = Tz::America__New_York;
        assert_eq!(for_api("2026-03-08T02:30", new_york), "2026-03-08T07:30:00Z");
        assert_eq!(for_api("2026-11-01T01:30", new_york), "2026-11-01T05:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_left_to_the_api() {
        assert_eq!(for_api("tomorrow", Tz::UTC), "tomorrow");
        assert_eq!(for_api("2026-02-30T10:00", Tz::UTC), "2026-02-30T10:00");
    }
}
