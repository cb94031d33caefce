//! Every start of years, against a watchman who looks at the clock once a minute.
//!
//! He reads patterns by himself, and keeps the latest minute that the clock has ever shown. When it shows a
//! later one, all minutes up to that have come, also those that were skipped; if the pattern names one of them,
//! it is a start.

use chrono::{NaiveDate, Timelike};

use super::*;

const PATTERNS: [&str; 12] = [
    "0 9 * * 1-5",
    "*/15 * * * *",
    "30 2 * * *",
    "0,15,30,45 2 * * 0",
    "59 23 * * *",
    "0 0 * * *",
    "7 1-3 * 3-4,10-11 SUN",
    "0 12 13 * 5",
    "45 0 29 2 *",
    "0 3 */2 * 1",
    "10-50/20 0-4 31,1 * *",
    "5 4 28-31 DEC FRI,SAT",
];

/// Two years each, in which their clocks changed, or did not: on the hour and by half of one, at midnight,
/// a minute after it and by a whole day; with summer time that is the standard, and with none.
const CLOCKS: [(Tz, i32); 14] = [
    (Tz::Australia__Lord_Howe, 2024),
    (Tz::Asia__Kathmandu, 2024),
    (Tz::America__Sao_Paulo, 2017),
    (Tz::America__New_York, 2024),
    (Tz::Europe__Dublin, 2023),
    (Tz::Pacific__Apia, 2011),
    (Tz::America__St_Johns, 2009),
    (Tz::Africa__Casablanca, 2023),
    (Tz::Asia__Tehran, 2021),
    (Tz::America__Havana, 2024),
    (Tz::Pacific__Chatham, 2024),
    (Tz::Asia__Gaza, 2023),
    (Tz::Antarctica__Troll, 2024),
    (Tz::Asia__Pyongyang, 2015),
];

/// A pattern as one table of its numbers per field.
struct Read {
    fields: [Vec<bool>; 5],
    either_day_will_do: bool,
}

impl Read {
    fn new(pattern: &str) -> Self {
        let texts: Vec<&str> = pattern.split(' ').collect();
        let names = "SUN=0 MON=1 TUE=2 WED=3 THU=4 FRI=5 SAT=6 DEC=12";
        let number = |text: &str| {
            let named = names
                .split(' ')
                .find_map(|pair| pair.strip_prefix(text)?.strip_prefix('='));
            named.unwrap_or(text).parse::<usize>().unwrap()
        };
        let fields = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
        let table = |place: usize| {
            let (least, greatest) = fields[place];
            let mut table = vec![false; greatest + 1];
            for part in texts[place].split(',') {
                let (range, step) = part.split_once('/').unwrap_or((part, "1"));
                let (from, to) = match range.split_once('-') {
                    _ if range == "*" => (least, greatest),
                    Some((from, to)) => (number(from), number(to)),
                    None => (number(range), number(range)),
                };
                for value in (from..=to).step_by(number(step)) {
                    table[value] = true;
                }
            }
            table
        };
        Self {
            fields: [table(0), table(1), table(2), table(3), table(4)],
            either_day_will_do: !texts[2].starts_with('*') && !texts[4].starts_with('*'),
        }
    }

    /// Whether it names a minute, written like its own five fields.
    fn names(&self, wall: [usize; 5]) -> bool {
        let [minute, hour, day, month, weekday] =
            [0, 1, 2, 3, 4].map(|place| self.fields[place][wall[place]]);
        let is_day = match self.either_day_will_do {
            true => day || weekday,
            false => day && weekday,
        };
        minute && hour && month && is_day
    }
}

fn five_fields(wall: NaiveDateTime) -> [usize; 5] {
    let weekday = wall.weekday().num_days_from_sunday();
    [wall.minute(), wall.hour(), wall.day(), wall.month(), weekday].map(|number| number as usize)
}

#[test]
fn every_start_of_two_years_comes_at_its_minute_in_zones_of_every_kind() {
    let read: Vec<Read> = PATTERNS.iter().map(|pattern| Read::new(pattern)).collect();
    for (zone, year) in CLOCKS {
        let new_year = |year| {
            NaiveDate::from_ymd_opt(year, 1, 1)
                .unwrap()
                .and_hms_opt(0, 0, 0)
                .unwrap()
                .and_utc()
        };
        let (begin, end) = (new_year(year), new_year(year + 2));
        let mut seen: Vec<Vec<Timestamp>> = vec![Vec::new(); PATTERNS.len()];
        let mut latest = begin.with_timezone(&zone).naive_local();
        let mut at = begin;
        while at < end {
            at += chrono::Duration::minutes(1);
            let shown = at.with_timezone(&zone).naive_local();
            let come = (shown - latest).num_minutes();
            let come: Vec<[usize; 5]> = (1..=come)
                .map(|minute| five_fields(latest + chrono::Duration::minutes(minute)))
                .collect();
            for (read, seen) in read.iter().zip(&mut seen) {
                if come.iter().any(|minute| read.names(*minute)) {
                    seen.push(at.into());
                }
            }
            latest = latest.max(shown);
        }
        for (pattern, seen) in PATTERNS.iter().zip(&seen) {
            hold(pattern, zone, begin.into(), seen);
        }
    }
}

/// Holds the starts after `begin` to those that were seen, walking, and now and then asked from between them:
/// always where the wait is another than the one before.
fn hold(pattern: &str, zone: Tz, begin: Timestamp, seen: &[Timestamp]) {
    const NOW_AND_THEN: usize = 50;
    let recurrence = Recurrence::parse(pattern, zone).unwrap();
    let (mut before, mut usual) = (begin, 0);
    for (n, start) in seen.iter().enumerate() {
        let wait = (*start - before).0;
        let between: &[i64] = match wait != usual || n.is_multiple_of(NOW_AND_THEN) {
            true => &[1, wait / 2, wait - 60_001, wait - 1],
            false => &[],
        };
        for somewhere in [0]
            .iter()
            .chain(between.iter().filter(|somewhere| **somewhere >= 0))
        {
            let told = recurrence.next_after(before + Millis(*somewhere));
            assert_eq!(
                told,
                Some(*start),
                "`{pattern}` in {zone} {somewhere} ms after {before}"
            );
        }
        (before, usual) = (*start, wait);
    }
}
