//! What chance decides about the rules that some worlds have: when runs recur, who is the audience, which laws hold,
//! and by which windows and clocks contacts are called.

use chrono::{Datelike, Weekday};
use chrono_tz::Tz;
use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::law::Preset;
use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::settings::{Schedule, Settings};
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::{Window, Windows};

/// Patterns, and the minutes of every hour that they name. All name the full hour, at which gaps of clocks end.
pub const PATTERNS: [(&str, &[u32]); 4] = [
    ("*/20 * * * *", &[0, 20, 40]),
    ("*/30 * * * *", &[0, 30]),
    ("0 * * * *", &[0]),
    ("0,10,45 * * * *", &[0, 10, 45]),
];

/// Instants at which clocks change in New York, there again, on Lord Howe Island, and there again.
const CLOCK_CHANGES: [i64; 4] = [
    1_793_512_800_000,
    1_805_007_600_000,
    1_791_041_400_000,
    1_806_764_400_000,
];

/// The candidate zones of contacts, sorted by name.
const NEAR: [&[Tz]; 3] = [
    &[],
    &[Tz::America__New_York],
    &[Tz::Asia__Kolkata, Tz::Europe__London],
];
const FAR: [&[Tz]; 5] = [
    &[],
    &[Tz::America__New_York],
    &[Tz::Australia__Lord_Howe],
    &[Tz::America__New_York, Tz::Australia__Lord_Howe],
    &[Tz::Asia__Kolkata, Tz::Europe__London],
];

/// In one world of five.
pub fn is_one_of_five(rng: &mut fastrand::Rng) -> bool {
    rng.u32(0..5) == 0
}

/// A few hours before a clock change, and sometimes just after.
pub fn near_a_clock_change(rng: &mut fastrand::Rng) -> Timestamp {
    let change = CLOCK_CHANGES[rng.usize(0..CLOCK_CHANGES.len())];
    Timestamp::from_millis(change + rng.i64(-5 * 3_600_000..1_800_000))
}

/// The candidate zones of a number, in a world with people far and near, or near only.
pub fn zones_of(number: u64, far: bool) -> Vec<Tz> {
    let zones: &[&[Tz]] = if far { &FAR } else { &NEAR };
    zones[(number % zones.len() as u64) as usize].to_vec()
}

/// Has the campaign recur, all its life or until an end.
pub fn recur(rng: &mut fastrand::Rng, settings: &mut Settings, now: Timestamp) {
    settings.timezone = if rng.bool() {
        Tz::America__New_York
    } else {
        Tz::UTC
    };
    let (pattern, _) = PATTERNS[rng.usize(0..PATTERNS.len())];
    let recurrence = Recurrence::parse(pattern, settings.timezone).unwrap();
    let end_at = (rng.u32(0..3) == 0).then(|| now + Millis::seconds(rng.i64(600..8 * 3600)));
    settings.schedule = Schedule::Recurring {
        recurrence: Box::new(recurrence),
        end_at,
    };
    settings.missed_start = match rng.u32(0..3) {
        0 => MissedStart::Run,
        1 => MissedStart::Skip,
        _ => MissedStart::RunWithin(rng.u32(0..1800)),
    };
    // Runs that take hours for themselves leave nothing to recur.
    settings.retry.max_retries = settings.retry.max_retries.min(2);
    for wait in &mut settings.retry.backoff_seconds {
        *wait %= 900;
    }
}

/// One or two windows on some days of the week.
pub fn weekly(rng: &mut fastrand::Rng) -> Windows {
    let window = |rng: &mut fastrand::Rng| {
        let first = rng.u8(0..7);
        let days = (0..7).filter(|day| *day == first || rng.u32(0..3) > 0);
        Window {
            days: days.filter_map(|day| Weekday::try_from(day).ok()).collect(),
            start: rng.u16(0..1440),
            end: rng.u16(1..=1440),
        }
    };
    Windows::Weekly((0..rng.usize(1..3)).map(|_| window(rng)).collect())
}

/// One law or two.
pub fn laws(rng: &mut fastrand::Rng) -> Vec<&'static Preset> {
    let all = Preset::all();
    let first = rng.usize(0..all.len());
    let mut laws = vec![&all[first]];
    let second = rng.usize(0..all.len());
    if second != first {
        laws.push(&all[second]);
    }
    laws
}

/// Whom the campaign is about: see [`belongs`].
pub fn audience() -> Audience {
    let rule = |field: &str, operator, value: &str| FieldRule {
        field: field.to_owned(),
        operator,
        value: value.to_owned(),
    };
    Audience {
        include: vec![rule("plan", Operator::Equals, "gold")],
        exclude: vec![rule("told_us_off", Operator::Exists, "")],
    }
}

/// What a list says of a number.
pub fn custom_data(number: u64) -> String {
    let plan = if number.is_multiple_of(4) {
        "silver"
    } else {
        "Gold "
    };
    if number.is_multiple_of(7) {
        format!(r#"{{"plan":"{plan}","told_us_off":"twice"}}"#)
    } else {
        format!(r#"{{"plan":"{plan}"}}"#)
    }
}

/// Whether the audience has this number in it: it has the golden plan, and has not told us off.
pub fn belongs(number: u64) -> bool {
    !number.is_multiple_of(4) && !number.is_multiple_of(7)
}

/// A few days off around an instant; rarely every day of the year, so that lanes are given up with people waiting.
pub fn calendar(rng: &mut fastrand::Rng, around: Timestamp) -> Calendar {
    let off = |day| Holiday {
        name: "day off".to_owned(),
        day,
    };
    if rng.u32(0..8) == 0 {
        let days = (1..=12).flat_map(|month| (1..=31).map(move |day| HolidayDate::yearly(month, day)));
        return Calendar {
            dates: days.filter_map(Result::ok).map(off).collect(),
        };
    }
    let day = |rng: &mut fastrand::Rng| {
        let at = around + Millis(rng.i64(-1..3) * 24 * 3_600_000);
        let date = at.utc().unwrap().date_naive();
        let is_yearly = rng.u32(0..3) == 0;
        off(match HolidayDate::yearly(date.month() as u8, date.day() as u8) {
            Ok(yearly) if is_yearly => yearly,
            _ => HolidayDate::Once(date),
        })
    };
    Calendar {
        dates: (0..rng.usize(0..4)).map(|_| day(rng)).collect(),
    }
}
