//! Any rule by which a campaign recurs or holds back, and what is remembered for it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use outdial_domain::audience::{Audience, FieldRule, Operator};
use outdial_domain::calendar::{Calendar, Holiday, HolidayDate};
use outdial_domain::caps::{Cap, Past};
use outdial_domain::law::Preset;
use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::runs::{EndedRun, Runs};
use outdial_domain::tally::Tally;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{counters, text, timestamp};

pub(super) fn recurrence(zone: Tz) -> impl Strategy<Value = Recurrence> {
    let days = select(vec!["*", "1-5", "0,6", "MON"]);
    (0..60_u8, 0..24_u8, 1..29_u8, days).prop_filter_map("a pattern", move |(minute, hour, day, days)| {
        Recurrence::parse(&format!("{minute} {hour}  {day} * {days}"), zone).ok()
    })
}

pub(super) fn missed_start() -> impl Strategy<Value = MissedStart> {
    prop_oneof![
        Just(MissedStart::Run),
        Just(MissedStart::Skip),
        any::<u32>().prop_map(MissedStart::RunWithin),
    ]
}

pub(super) fn laws() -> impl Strategy<Value = Vec<&'static Preset>> {
    vec(select(Preset::all().iter().collect::<Vec<_>>()), 0..4)
}

pub(super) fn caps() -> impl Strategy<Value = Vec<Cap>> {
    let cap = any::<(u32, u32)>().prop_map(|(max_attempts, per_hours)| Cap {
        max_attempts,
        per_hours,
    });
    vec(cap, 0..4)
}

pub(super) fn audience() -> impl Strategy<Value = Audience> {
    (vec(field_rule(), 0..4), vec(field_rule(), 0..4))
        .prop_map(|(include, exclude)| Audience { include, exclude })
}

fn field_rule() -> impl Strategy<Value = FieldRule> {
    (text(), select(Operator::ALL.to_vec()), text()).prop_map(|(field, operator, value)| FieldRule {
        field,
        operator,
        value,
    })
}

prop_compose! {
    pub fn pasts()(at in timestamp(), was_conversation in any::<bool>()) -> Past {
        Past { at, was_conversation }
    }
}

prop_compose! {
    pub fn tallies()(started in any::<u64>(), ended in any::<[u64; 8]>()) -> Tally {
        Tally { started, ended }
    }
}

prop_compose! {
    pub fn runs()(
        (is_open, skipped) in any::<(bool, u32)>(),
        (next_start, last_start, started_at) in (of(timestamp()), of(timestamp()), of(timestamp())),
        last_skipped in of((timestamp(), text())),
        last in of(ended_run()),
        earlier in counters(),
    ) -> Runs {
        Runs { is_open, next_start, last_start, started_at, skipped, last_skipped, last, earlier }
    }
}

prop_compose! {
    fn ended_run()(
        run in any::<u32>(),
        (started_at, completed_at) in (of(timestamp()), timestamp()),
        counters in counters(),
    ) -> EndedRun {
        EndedRun { run, started_at, completed_at, counters }
    }
}

/// Dates that there are.
pub fn calendars() -> impl Strategy<Value = Calendar> {
    let once = (-9999..9999_i32, 1..=366_u32)
        .prop_filter_map("a date", |(year, day)| NaiveDate::from_yo_opt(year, day))
        .prop_map(HolidayDate::Once);
    let yearly =
        (1..=12_u8, 1..=31_u8).prop_filter_map("a date", |(month, day)| HolidayDate::yearly(month, day).ok());
    let holiday = (text(), prop_oneof![once, yearly]).prop_map(|(name, day)| Holiday { name, day });
    vec(holiday, 0..6).prop_map(|dates| Calendar { dates })
}
