//! Time zones: those a phone number may be in, and the one a cell names.
//!
//! A number's prefix tells where it was issued, not where its bearer is: [`zones_of`] answers
//! with every zone that the prefix spans, for all of them to be at a lawful hour. The table is
//! `data/zones.txt`, from libphonenumber (see `data/NOTICE`).

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono_tz::{TZ_VARIANTS, Tz};
use outdial_domain::phone::PhoneNumber;
use rlibphonenumber::PHONE_NUMBER_UTIL;

/// One line a list of zones: the zones by comma, a tab, the prefixes by blank.
const TABLE: &str = include_str!("../data/zones.txt");

/// The longest prefix of the table, in digits.
const LONGEST_PREFIX: usize = 9;

/// The first digit of every number of the North American plan, and of no other. There, area codes tell the place of
/// every kind of number.
const NORTH_AMERICA: u64 = 1;

static PREFIXES: LazyLock<Prefixes> = LazyLock::new(|| Prefixes::read(TABLE));

static BY_NAME: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    TZ_VARIANTS
        .iter()
        .map(|tz| (tz.name().to_lowercase(), *tz))
        .collect()
});

/// Why a text names no time zone that a lawful hour can be judged by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// No such zone in the tz database.
    #[error("not a time zone: write an IANA name, such as America/New_York")]
    Unknown,
    /// An abbreviation, which does not tell whether clocks change in summer.
    #[error("an abbreviation does not name one time zone: write an IANA name, such as America/New_York")]
    Abbreviation,
}

/// All time zones in which the bearer of a number may be, judged by its longest known prefix;
/// empty where nothing is known (satellite and other numbers of no country).
///
/// A number bound to no area (a mobile number in most countries, a freephone number) has all
/// zones of its country calling code. Zones that keep the same clock are listed once.
pub fn zones_of(number: PhoneNumber) -> &'static [Tz] {
    if first_digit(number.digits()) == NORTH_AMERICA {
        return PREFIXES.longest_match(number.digits());
    }
    let written = number.to_string();
    let Ok(parsed) = PHONE_NUMBER_UTIL.parse(&written, None) else {
        return PREFIXES.longest_match(number.digits());
    };
    if PHONE_NUMBER_UTIL.is_number_geographical(&parsed) {
        PREFIXES.longest_match(number.digits())
    } else {
        PREFIXES.longest_match(u64::try_from(parsed.country_code).unwrap_or_default())
    }
}

fn first_digit(digits: u64) -> u64 {
    digits
        .checked_ilog10()
        .map_or(0, |length| digits / 10_u64.pow(length))
}

/// The zone that `text` names, in the tz database's spelling but for case and blanks.
///
/// # Errors
/// [`ZoneError`]; an abbreviation such as `EST` is refused even where the tz database knows it.
pub fn zone_named(text: &str) -> Result<Tz, ZoneError> {
    let name = text.trim().replace(' ', "_");
    match BY_NAME.get(&name.to_lowercase()) {
        Some(zone) if *zone == Tz::UTC || zone.name().contains(|c: char| c.is_lowercase()) => Ok(*zone),
        Some(_) => Err(ZoneError::Abbreviation),
        None if (2..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase()) => {
            Err(ZoneError::Abbreviation)
        }
        None => Err(ZoneError::Unknown),
    }
}

/// The table by length of prefix, each length sorted by prefix.
struct Prefixes([Vec<(u64, &'static [Tz])>; LONGEST_PREFIX]);

impl Prefixes {
    fn read(table: &'static str) -> Self {
        let mut by_length: [Vec<_>; LONGEST_PREFIX] = Default::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((names, prefixes)) = line.split_once('\t') else {
                continue;
            };
            let zones: &'static [Tz] =
                Vec::leak(names.split(',').filter_map(|name| name.parse().ok()).collect());
            for prefix in prefixes.split(' ') {
                if let (Some(list), Ok(digits)) = (by_length.get_mut(prefix.len() - 1), prefix.parse()) {
                    list.push((digits, zones));
                }
            }
        }
        for list in &mut by_length {
            list.sort_unstable_by_key(|(prefix, _)| *prefix);
        }
        Self(by_length)
    }

    fn longest_match(&self, digits: u64) -> &'static [Tz] {
        let mut rest = digits;
        while rest > 0 {
            let length = rest.ilog10() as usize;
            if let Some(list) = self.0.get(length)
                && let Ok(found) = list.binary_search_by_key(&rest, |(prefix, _)| *prefix)
            {
                return list[found].1;
            }
            rest /= 10;
        }
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(number: &str) -> Vec<&'static str> {
        let number = number.parse().unwrap();
        zones_of(number).iter().map(|zone| zone.name()).collect()
    }

    #[test]
    fn an_area_within_one_zone_has_that_zone_alone() {
        assert_eq!(names("+12025550123"), ["America/New_York"]);
        assert_eq!(names("+442079460958"), ["Europe/London"]);
        assert_eq!(names("+919876543210"), ["Asia/Calcutta"]);
    }

    #[test]
    fn a_number_bound_to_no_area_has_every_zone_of_its_plan() {
        let freephone = names("+18005550199");
        assert!(freephone.contains(&"America/New_York") && freephone.contains(&"Pacific/Honolulu"));
        assert!(freephone.len() > 20, "{freephone:?}");

        let australian_mobile = names("+61491570006");
        assert!(
            australian_mobile.contains(&"Australia/Sydney"),
            "{australian_mobile:?}"
        );
        assert!(
            australian_mobile.contains(&"Australia/Perth"),
            "{australian_mobile:?}"
        );
    }

    #[test]
    fn a_landline_of_the_same_country_has_the_zone_of_its_area() {
        assert_eq!(names("+61731001234"), ["Australia/Brisbane"]);
        assert_eq!(names("+61291234567"), ["Australia/Sydney"]);
    }

    #[test]
    fn a_caribbean_mobile_has_the_zone_of_its_island_not_of_all_north_america() {
        assert_eq!(names("+18762101234"), ["America/Jamaica"]);
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(names("+12082010000"), ["America/Denver"]);
        assert_eq!(names("+12082150000"), ["America/Los_Angeles"]);
    }

    #[test]
    fn a_number_of_no_country_has_no_zone() {
        assert!(names("+870773111632").is_empty());
        assert!(names("+80012345678").is_empty());
    }

    #[test]
    fn every_zone_of_the_table_is_known_here() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (zones, prefixes) = line.split_once('\t').unwrap();
            for name in zones.split(',') {
                assert!(name.parse::<Tz>().is_ok(), "{name}");
            }
            assert!(
                prefixes
                    .split(' ')
                    .all(|prefix| (1..=LONGEST_PREFIX).contains(&prefix.len()))
            );
        }
    }

    #[test]
    fn a_zone_is_read_whatever_its_case_and_blanks() {
        assert_eq!(zone_named(" america/new york "), Ok(Tz::America__New_York));
        assert_eq!(zone_named("UTC"), Ok(Tz::UTC));
    }

    #[test]
    fn what_names_no_single_zone_is_refused() {
        for text in ["EST", "PST", "GMT", "CET", "IST"] {
            assert_eq!(zone_named(text), Err(ZoneError::Abbreviation), "{text}");
        }
        for text in ["", "Eastern Time", "GMT+1", "America/Atlantis", "+02:00"] {
            assert_eq!(zone_named(text), Err(ZoneError::Unknown), "{text}");
        }
    }
}
