//! Any value that is stored.

use std::sync::Arc;

use chrono_tz::{TZ_VARIANTS, Tz};
use outdial_domain::attempt::{Attempt, AttemptState, Clearance, Outcome, RefusedFor};
use outdial_domain::breaker::Breaker;
use outdial_domain::call::{AnsweredBy, CallResult};
use outdial_domain::contact::{Contact, ContactState, ContactStatus};
use outdial_domain::counters::Counters;
use outdial_domain::ids::{
    AttemptId, CampaignId, ContactId, HolidayCalendarId, Incarnation, LaneId, LineId, OrgId,
    SuppressionListId, VoiceProfileId,
};
use outdial_domain::lane::LaneState;
use outdial_domain::lifecycle::Status;
use outdial_domain::pacing::Pace;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::settings::{
    Channel, CircuitBreaker, Definition, Direction, Edited, Kind, Pacing, Retry, Schedule, Settings,
    UnknownPolicy, UnknownThen, WindowZone,
};
use outdial_domain::time::Timestamp;
use outdial_domain::voice::Snapshot;
use outdial_domain::window::{Window, Windows};
use outdial_storage::records::SuppressionV1;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

mod rules;
mod voice;

pub use rules::{calendars, pasts, runs, tallies};
pub use voice::profiles;

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_millis)
}

fn phone() -> impl Strategy<Value = PhoneNumber> {
    (10_u64..=999_999_999_999_999).prop_filter_map("a number", PhoneNumber::from_digits)
}

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

fn zone() -> impl Strategy<Value = Tz> {
    select(TZ_VARIANTS.to_vec())
}

fn outcome() -> impl Strategy<Value = Outcome> {
    select(Outcome::ALL.to_vec())
}

fn attempt_state() -> impl Strategy<Value = AttemptState> {
    prop_oneof![
        select(vec![
            AttemptState::Intended,
            AttemptState::Unknown,
            AttemptState::Placed,
            AttemptState::Ringing,
            AttemptState::Answered,
            AttemptState::Refused(RefusedFor::Contact),
            AttemptState::Refused(RefusedFor::Configuration),
            AttemptState::Deferred,
            AttemptState::Withdrawn,
        ]),
        outcome().prop_map(AttemptState::Ended),
    ]
}

fn answered_by() -> impl Strategy<Value = AnsweredBy> {
    select(vec![
        AnsweredBy::Human,
        AnsweredBy::MachineStart,
        AnsweredBy::MachineEnd,
        AnsweredBy::Fax,
        AnsweredBy::Unknown,
    ])
}

fn contact_id() -> impl Strategy<Value = ContactId> {
    (any::<u16>(), any::<u32>(), any::<u8>()).prop_map(|(lane, block, place)| ContactId {
        lane: LaneId(lane),
        block,
        place,
    })
}

fn clearance() -> impl Strategy<Value = Clearance> {
    let source = select(vec!["contact", "number", "campaign", "none"]);
    (of(text()), of(text()), source, vec(text(), 0..4)).prop_map(|(local_time, zone, zone_source, rules)| {
        Clearance {
            local_time,
            zone,
            zone_source,
            rules,
        }
    })
}

prop_compose! {
    fn call_results()(
        (summary, disposition, scorecard) in (of(text()), of(text()), of(text())),
        (sentiment, satisfaction, revenue) in any::<(Option<i64>, Option<i64>, Option<i64>)>(),
        qualified in any::<Option<bool>>(),
        answers in vec((text(), text()), 0..4),
    ) -> CallResult {
        CallResult {
            summary,
            disposition,
            sentiment,
            satisfaction,
            qualified,
            revenue,
            scorecard,
            answers,
        }
    }
}

prop_compose! {
    pub fn attempts()(
        id in uuid(),
        contact in contact_id(),
        (number, run, config_version, asked) in any::<(u32, u32, u32, u32)>(),
        (state, answered_by) in (attempt_state(), of(answered_by())),
        (epoch, wake, duration_seconds) in any::<(u32, u32, Option<u32>)>(),
        (to, from) in (phone(), phone()),
        (provider_id, error_code, error_message) in (of(text()), of(text()), of(text())),
        (intended_at, deadline) in (timestamp(), timestamp()),
        (placed_at, answered_at, ended_at) in (of(timestamp()), of(timestamp()), of(timestamp())),
        previous in of(uuid()),
        clearance in clearance(),
        (message_left, recording_url) in (any::<bool>(), of(text())),
        result in call_results(),
    ) -> Attempt {
        Attempt {
            id: AttemptId(id),
            contact,
            number,
            run,
            state,
            incarnation: Incarnation { epoch, wake },
            to,
            from,
            provider_id,
            config_version,
            intended_at,
            placed_at,
            answered_at,
            ended_at,
            duration_seconds,
            answered_by,
            message_left,
            recording_url,
            result,
            error_code,
            error_message,
            deadline,
            asked,
            previous: previous.map(AttemptId),
            clearance: std::sync::Arc::new(clearance),
        }
    }
}

prop_compose! {
    pub fn contacts()(
        phone in phone(),
        (name, email, person_id) in (of(text()), of(text()), of(text())),
        timezone in of(zone()),
        custom_data in text(),
    ) -> Contact {
        Contact { phone, name, email, timezone, person_id, custom_data }
    }
}

prop_compose! {
    pub fn contact_states()(
        (run, tries, attempts) in any::<(u32, u32, u32)>(),
        status in select(vec![
            ContactStatus::Pending,
            ContactStatus::Calling,
            ContactStatus::Completed,
            ContactStatus::Failed,
            ContactStatus::Skipped,
        ]),
        (reason, error_message) in (of(text()), of(text())),
        (not_before, called_at) in (of(timestamp()), of(timestamp())),
        last_outcome in of(outcome()),
        last_attempt in of(uuid()),
        (no_retry, earliest) in (any::<bool>(), of(timestamp())),
    ) -> ContactState {
        ContactState {
            run,
            status,
            reason,
            tries,
            attempts,
            not_before,
            called_at,
            last_outcome,
            last_attempt: last_attempt.map(AttemptId),
            error_message,
            no_retry,
            earliest,
        }
    }
}

prop_compose! {
    pub fn lanes()(
        zones in vec(zone(), 0..4),
        cursor in any::<(u32, u8)>(),
        [untried, waiting, total] in any::<[u64; 3]>(),
        skipped in of(text()),
        left_out in any::<bool>(),
    ) -> LaneState {
        LaneState { zones, cursor, untried, waiting, total, skipped, left_out }
    }
}

fn weekly() -> impl Strategy<Value = Windows> {
    let days = vec(
        (0_u8..7).prop_filter_map("a day", |day| day.try_into().ok()),
        0..8,
    );
    let window =
        (days, any::<u16>(), any::<u16>()).prop_map(|(days, start, end)| Window { days, start, end });
    vec(window, 0..4).prop_map(Windows::Weekly)
}

/// A schedule by the clock of a zone.
fn schedule(zone: Tz) -> impl Strategy<Value = Schedule> {
    prop_oneof![
        Just(Schedule::Immediate),
        (timestamp(), of(timestamp()))
            .prop_map(|(start_at, end_at)| Schedule::Scheduled { start_at, end_at }),
        (rules::recurrence(zone), of(timestamp())).prop_map(|(recurrence, end_at)| Schedule::Recurring {
            recurrence: Box::new(recurrence),
            end_at,
        }),
    ]
}

prop_compose! {
    fn circuit_breakers()(
        (failure_per_mille, window_seconds, min_attempts) in any::<(u32, u32, u32)>(),
    ) -> CircuitBreaker {
        CircuitBreaker { failure_per_mille, window_seconds, min_attempts }
    }
}

prop_compose! {
    fn snapshots()(id in uuid(), taken_at in timestamp(), profile in profiles()) -> Snapshot {
        Snapshot { id: VoiceProfileId(id), taken_at, profile }
    }
}

prop_compose! {
    fn settings()(
        (name, description, default_region) in (text(), text(), text()),
        kind in select(vec![
            Kind::SecretShopper,
            Kind::Survey,
            Kind::Reminder,
            Kind::Outreach,
            Kind::Custom,
        ]),
        line_id in uuid(),
        (timezone, schedule) in zone().prop_flat_map(|zone| (Just(zone), schedule(zone))),
        windows in prop_oneof![Just(Windows::Any), weekly()],
        window_zone in select(vec![WindowZone::Contact, WindowZone::Campaign]),
        fallback_window in of(weekly()),
        (max_concurrent, per_minute, delay_seconds) in any::<(u32, u32, u32)>(),
        (max_retries, backoff_seconds) in any::<(u32, Vec<u32>)>(),
        outcomes in vec(outcome(), 0..9),
        (wait_seconds, watchdog_seconds, ring_timeout_seconds) in any::<(u32, u32, u32)>(),
        then in select(vec![UnknownThen::Lost, UnknownThen::Retry]),
        (circuit_breaker, voice) in (of(circuit_breakers()), of(snapshots())),
        suppression_lists in vec(uuid(), 0..4),
        missed_start in rules::missed_start(),
        (holiday_calendars, laws, contact_caps) in (vec(uuid(), 0..4), rules::laws(), rules::caps()),
        audience in of(rules::audience()),
    ) -> Settings {
        Settings {
            name,
            description,
            kind,
            direction: Direction::Outbound,
            channel: Channel::Voice,
            line_id: LineId(line_id),
            timezone,
            schedule,
            windows,
            window_zone,
            fallback_window,
            pacing: Pacing { max_concurrent, per_minute, delay_seconds },
            retry: Retry { max_retries, backoff_seconds, outcomes },
            unknown: UnknownPolicy { wait_seconds, then },
            watchdog_seconds,
            ring_timeout_seconds,
            default_region,
            circuit_breaker,
            missed_start,
            holiday_calendars: holiday_calendars.into_iter().map(HolidayCalendarId).collect(),
            laws,
            contact_caps,
            audience,
            suppression_lists: suppression_lists.into_iter().map(SuppressionListId).collect(),
            voice: voice.map(Arc::new),
        }
    }
}

prop_compose! {
    pub fn definitions()(
        (id, org) in (uuid(), uuid()),
        config_version in any::<u32>(),
        created_at in timestamp(),
        created_by in text(),
        edited in of((timestamp(), text())),
        settings in settings(),
    ) -> Definition {
        let edited = edited.map(|(at, by)| Edited { at, by });
        Definition { id: CampaignId(id), org: OrgId(org), config_version, settings, created_at, created_by, edited }
    }
}

prop_compose! {
    fn counters()(
        [total, pending, calling, completed, failed, skipped] in any::<[u64; 6]>(),
        [attempts, unknown, talk_seconds, talked] in any::<[u64; 4]>(),
        outcomes in any::<[u64; 8]>(),
        (sentiment, rated) in any::<(i64, u64)>(),
    ) -> Counters {
        Counters {
            total, pending, calling, completed, failed, skipped,
            attempts, unknown, outcomes, talk_seconds, talked, sentiment, rated,
        }
    }
}

prop_compose! {
    pub fn progresses()(
        status in select(Status::ALL.to_vec()),
        (status_reason, closed) in (of(text()), of(text())),
        (run, next_block, hang_up, next_micros) in any::<(u32, u32, bool, i64)>(),
        counters in counters(),
        (newest, slices) in any::<(i64, [(u32, u32); 10])>(),
        last_sent in of(uuid()),
        (started_at, completed_at, updated_at) in (of(timestamp()), of(timestamp()), timestamp()),
    ) -> Progress {
        Progress {
            status,
            status_reason,
            run,
            counters,
            pace: Pace { next_micros },
            breaker: Breaker { newest, slices },
            next_block,
            closed,
            hang_up,
            last_sent: last_sent.map(AttemptId),
            started_at,
            completed_at,
            updated_at,
        }
    }
}

prop_compose! {
    pub fn suppressions()(
        source in any::<u8>(),
        note in text(),
        (added_at, expires_at) in any::<(i64, Option<i64>)>(),
    ) -> SuppressionV1 {
        SuppressionV1 { source, note, added_at, expires_at }
    }
}
