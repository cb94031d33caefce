//! What the judge says of hours, against one who reads each wall clock at every minute and knows nothing else.

use chrono::{Datelike, Days, Duration, Timelike};

use super::*;

const MINUTE: i64 = 60_000;
const DAY: usize = 24 * 60;
/// Days from the first at which the judge is asked, around a change of clocks, to the last.
const ASKED_DAYS: usize = 14;
/// Days for which the truth is known.
const KNOWN_DAYS: usize = 22;
/// Minutes between two askings where nothing happens; next to edges it is asked always.
const NOW_AND_THEN: usize = 317;

/// Zones, and a day on which their clocks change, skip a day, or do nothing.
const CLOCKS: [(Tz, &str); 12] = [
    (Tz::Australia__Lord_Howe, "2026-04-05"),
    (Tz::Australia__Lord_Howe, "2026-10-04"),
    (Tz::Asia__Kathmandu, "2026-07-01"),
    (Tz::America__Sao_Paulo, "2018-02-18"),
    (Tz::America__Sao_Paulo, "2018-11-04"),
    (Tz::America__New_York, "2026-03-08"),
    (Tz::America__New_York, "2026-11-01"),
    (Tz::Europe__Dublin, "2026-03-29"),
    (Tz::Europe__Dublin, "2026-10-25"),
    (Tz::Pacific__Apia, "2011-09-24"),
    (Tz::Pacific__Apia, "2011-04-02"),
    (Tz::Pacific__Apia, "2011-12-30"),
];

/// A campaign, and in plain terms what it comes to.
struct World {
    case: Case,
    rule: Rule,
    windows: Vec<Window>,
    judged: Vec<Tz>,
    called: Vec<Tz>,
    /// Minutes after midnight between which the laws allow calls.
    lawful: (u16, u16),
}

const ALWAYS: u16 = 24 * 60;
const LONDON: Tz = Tz::Europe__London;

fn worlds(zone: Tz) -> Vec<World> {
    let office = || vec![window(&[Mon, Tue, Wed, Thu, Fri], 9, 17), window(&[Sun], 1, 3)];
    let night = || vec![window(&EVERY_DAY, 22, 3), window(&[Sat, Sun], 11, 12)];
    let any = || vec![window(&EVERY_DAY, 0, 24)];
    let with = |laws: &[&str], windows, window_zone| Settings {
        timezone: zone,
        laws: laws.iter().map(|id| law(id)).collect(),
        windows,
        window_zone,
        ..free()
    };
    let weekly = Windows::Weekly;
    let (contact, campaign) = (WindowZone::Contact, WindowZone::Campaign);
    let world = |settings: Settings, zones: &[Tz], windows, judged: &[Tz], called: &[Tz], lawful| World {
        case: Case::new(settings, zones),
        rule: Rule::CallingWindows,
        windows,
        judged: judged.to_vec(),
        called: called.to_vec(),
        lawful,
    };
    let fallback = Settings {
        fallback_window: Some(weekly(night())),
        ..with(&["us-tcpa", "us-fl"], weekly(office()), contact)
    };
    vec![
        world(
            with(&["us-tcpa"], weekly(night()), contact),
            &[zone],
            night(),
            &[zone],
            &[zone],
            (8 * 60, 21 * 60),
        ),
        world(
            with(&["us-fl"], weekly(night()), campaign),
            &[LONDON],
            night(),
            &[zone],
            &[LONDON],
            (8 * 60, 20 * 60),
        ),
        world(
            with(&["us-tcpa", "us-reg-f"], Windows::Any, contact),
            &[LONDON, zone],
            any(),
            &[LONDON, zone],
            &[LONDON, zone],
            (8 * 60, 21 * 60),
        ),
        world(
            with(&[], weekly(office()), contact),
            &[zone],
            office(),
            &[zone],
            &[],
            (0, ALWAYS),
        ),
        world(
            with(&[], Windows::Any, contact),
            &[],
            any(),
            &[zone],
            &[],
            (0, ALWAYS),
        ),
        World {
            rule: Rule::FallbackWindow,
            ..world(fallback, &[], night(), &[zone], &[zone], (8 * 60, 20 * 60))
        },
    ]
}

/// What one clock shows at each minute: the date, and minutes after midnight.
fn readings(zone: Tz, begin: DateTime<Utc>) -> Vec<(NaiveDate, u16)> {
    let read = |n: usize| {
        let wall = (begin + Duration::minutes(n as i64)).with_timezone(&zone);
        (wall.date_naive(), (wall.hour() * 60 + wall.minute()) as u16)
    };
    (0..KNOWN_DAYS * DAY).map(read).collect()
}

fn is_within(windows: &[Window], (date, minute): (NaiveDate, u16)) -> bool {
    let today = date.weekday();
    windows.iter().any(|window| {
        let over_midnight = window.end <= window.start;
        let began_today = minute >= window.start && (over_midnight || minute < window.end);
        let began_yesterday = over_midnight && minute < window.end;
        began_today && window.days.contains(&today) || began_yesterday && window.days.contains(&today.pred())
    })
}

#[test]
fn windows_holidays_and_laws_are_judged_to_the_minute_by_every_clock_around_its_changes() {
    for (zone, day) in CLOCKS {
        let change = date(day);
        let first = change - Days::new(ASKED_DAYS as u64 / 2);
        let begin = first.and_hms_opt(0, 0, 0).unwrap().and_utc();
        // The day of the change, a weekend two days later, and one of every year.
        let off = [change, change + Days::new(2), change + Days::new(3)];
        let yearly = change - Days::new(3);
        let holidays = || {
            let every_year = HolidayDate::yearly(yearly.month() as u8, yearly.day() as u8).unwrap();
            let once = off.into_iter().map(HolidayDate::Once);
            once.chain([every_year]).collect()
        };
        let shown = [zone, LONDON].map(|zone| (zone, readings(zone, begin)));
        for world in worlds(zone) {
            let read = |zones: &[Tz]| -> Vec<&Vec<_>> {
                let shown = shown.iter().filter(|(zone, _)| zones.contains(zone));
                shown.map(|(_, shown)| shown).collect()
            };
            let (judged, called) = (read(&world.judged), read(&world.called));
            let closed_by = |n: usize| {
                let (opens, closes) = world.lawful;
                if !judged.iter().all(|clock| is_within(&world.windows, clock[n])) {
                    Some(world.rule)
                } else if judged
                    .iter()
                    .any(|clock| off.contains(&clock[n].0) || clock[n].0 == yearly)
                {
                    Some(Rule::HolidayCalendars)
                } else if !called.iter().all(|clock| (opens..closes).contains(&clock[n].1)) {
                    Some(Rule::LawPresets)
                } else {
                    None
                }
            };
            let truth: Vec<Option<Rule>> = (0..KNOWN_DAYS * DAY).map(closed_by).collect();
            let case = world.case.holidays(holidays());
            hold(&case, begin, &truth);
        }
    }
}

/// Holds the judge to the truth on the minute, within it, and at the end of every wait.
fn hold(case: &Case, begin: DateTime<Utc>, truth: &[Option<Rule>]) {
    let minute = |n: usize| Timestamp::from(begin) + Millis(n as i64 * MINUTE);
    let edges: Vec<usize> = (1..truth.len())
        .filter(|n| truth[*n].is_none() != truth[n - 1].is_none())
        .collect();
    assert!(edges.len() > 2, "something must happen");
    let mut asked: Vec<usize> = (0..ASKED_DAYS * DAY).step_by(NOW_AND_THEN).collect();
    asked.extend(edges.iter().flat_map(|n| [n - 1, *n]));
    for n in asked.into_iter().filter(|n| *n < ASKED_DAYS * DAY) {
        let next = edges.get(edges.partition_point(|edge| *edge <= n));
        // Beyond what is known, nothing is known but that it comes later.
        let is_next = |until: Option<Timestamp>| match next {
            Some(next) => until == Some(minute(*next)),
            None => until.is_none_or(|at| at >= minute(truth.len())),
        };
        for late in [0, MINUTE - 1] {
            let now = minute(n) + Millis(late);
            let context = || format!("{:?} {:?} at {now}", case.settings.timezone, case.zones);
            match (case.judged_at(now), truth[n]) {
                (Ok(_), None) => {
                    let hours = hours(&case.settings, &case.calendars, &case.zones, now);
                    let Hours::Open { closes } = hours else {
                        panic!("{}: {hours:?}", context());
                    };
                    assert!(is_next(closes), "{}: closes {closes:?}", context());
                }
                (Err(held), Some(rule)) => {
                    assert_eq!(held.rule, rule, "{}", context());
                    assert!(is_next(held.until), "{}: {held:?}", context());
                }
                (judged, truth) => panic!("{}: {judged:?} and not {truth:?}", context()),
            }
        }
    }
}
