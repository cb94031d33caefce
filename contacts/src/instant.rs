//! The instant that a cell names.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;

use crate::zone;

/// Dates and times without a zone, as lists write them. A date alone stands for its midnight.
const LOCAL: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
];

/// The longest gap that clocks have skipped: a day, at the date line.
const LONGEST_GAP_MINUTES: i64 = 25 * 60;

/// Why a text names no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InstantError {
    #[error("not a date and time: write 2026-07-01, 2026-07-01 09:00 or 2026-07-01T13:00:00Z")]
    NotAnInstant,
    #[error("the time zone is not known: write the time in UTC, such as 2026-07-01T13:00:00Z")]
    NoZone,
}

/// The instant in `text`: RFC 3339, or a local date and time in the contact's own zone. Without
/// one it is the last of the instants at which clocks show it in the zones that the number may be
/// in, so that nobody is called before it.
///
/// # Errors
/// [`InstantError`].
pub(crate) fn read(text: &str, own: Option<Tz>, phone: PhoneNumber) -> Result<Timestamp, InstantError> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc().into());
    }
    let local = local(text).ok_or(InstantError::NotAnInstant)?;
    let last = match own {
        Some(zone) => last_in(zone, local),
        None => zone::zones_of(phone)
            .iter()
            .filter_map(|zone| last_in(*zone, local))
            .max(),
    };
    last.map(Timestamp::from).ok_or(InstantError::NoZone)
}

fn local(text: &str) -> Option<NaiveDateTime> {
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    LOCAL
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| Some(date()?.and_time(NaiveTime::MIN)))
}

/// The last instant at which clocks in the zone show `local`; the first behind it, where they skip
/// it.
fn last_in(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    (0..=LONGEST_GAP_MINUTES).find_map(|minutes| {
        let shown = local.checked_add_signed(TimeDelta::minutes(minutes))?;
        match zone.from_local_datetime(&shown) {
            LocalResult::Single(instant) => Some(instant.to_utc()),
            LocalResult::Ambiguous(first, second) => Some(first.max(second).to_utc()),
            LocalResult::None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, own: Option<Tz>) -> Result<String, InstantError> {
        read(text, own, "+12025550123".parse().unwrap()).map(|instant| instant.to_string())
    }

    #[test]
    fn an_instant_with_its_offset_is_taken_as_it_is() {
        let expected = Ok("2026-07-01T13:00:00Z".to_owned());
        assert_eq!(shown("2026-07-01T13:00:00Z", None), expected);
        assert_eq!(shown(" 2026-07-01 09:00:00-04:00 ", None), expected);
    }

    #[test]
    fn a_local_time_is_read_in_the_contacts_own_zone_or_that_of_the_number() {
        let denver = Some(Tz::America__Denver);
        assert_eq!(
            shown("2026-07-01 09:00", denver),
            Ok("2026-07-01T15:00:00Z".to_owned())
        );
        assert_eq!(
            shown("2026-07-01T09:00:00", None),
            Ok("2026-07-01T13:00:00Z".to_owned())
        );
        assert_eq!(shown("2026-07-01", None), Ok("2026-07-01T04:00:00Z".to_owned()));
    }

    #[test]
    fn of_several_zones_the_last_to_show_the_time_decides() {
        let freephone = "+18005550199".parse().unwrap();
        let instant = read("2026-07-01 00:00", None, freephone).unwrap();
        let honolulu = read("2026-07-01 00:00", Some(Tz::Pacific__Honolulu), freephone).unwrap();
        assert!(instant >= honolulu);
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_is_its_end() {
        let new_york = Some(Tz::America__New_York);
        assert_eq!(
            shown("2026-03-08 02:30", new_york),
            Ok("2026-03-08T07:00:00Z".to_owned())
        );
        assert_eq!(
            shown("2026-11-01 01:30", new_york),
            Ok("2026-11-01T06:30:00Z".to_owned())
        );
        let apia = Some(Tz::Pacific__Apia);
        assert_eq!(
            shown("2011-12-30 12:00", apia),
            Ok("2011-12-30T10:00:00Z".to_owned())
        );
    }

    #[test]
    fn what_names_no_instant_says_what_would() {
        for text in ["tomorrow", "01/07/2026", "09:00", "2026-13-01", "45000"] {
            assert_eq!(shown(text, None), Err(InstantError::NotAnInstant), "{text}");
        }
        let satellite = "+870773111632".parse().unwrap();
        assert_eq!(read("2026-07-01", None, satellite), Err(InstantError::NoZone));
    }
}
