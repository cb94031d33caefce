//! Whatever the domain holds is read again as it was written.

use outdial_domain::attempt::Attempt;
use outdial_domain::breaker::Breaker;
use outdial_domain::call::CallResult;
use outdial_domain::caps::Past;
use outdial_domain::contact::{Contact, ContactState};
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{Definition, Schedule};
use outdial_domain::window::{Hours, Windows};
use outdial_storage::records::{
    AttemptV1, AttemptV2, BlockV1, ContactStateV1, ContactStateV2, DefinitionV1, DefinitionV5,
    HolidayCalendarV1, LaneV1, LaneV2, ProgressV1, ProgressV2, Record, RunsV1, SuppressionV1, TallyV1,
    TriedV1, Unreadable, VoiceProfileV1, decode, decode_into, encode, encode_block,
};
use proptest::prelude::*;

use crate::samples;
use crate::strategies::{
    attempts, calendars, contact_states, contacts, definitions, lanes, pasts, profiles, progresses, runs,
    suppressions, tallies,
};

/// The value goes into a record, into bytes, and all the way back.
fn goes_round<R, T>(value: &T) -> Result<(), TestCaseError>
where
    R: Record + for<'a> From<&'a T> + TryInto<T, Error = Unreadable> + PartialEq + std::fmt::Debug,
    T: PartialEq + std::fmt::Debug,
{
    let record = R::from(value);
    let bytes = encode(&record);
    prop_assert_eq!(bytes[0], R::VERSION);
    prop_assert_eq!(decode::<R>(&bytes), Ok(record));
    let read = decode_into::<R, T>(&bytes);
    prop_assert_eq!(read.as_ref(), Ok(value));
    Ok(())
}

/// What version 1 of a record wrote of the value reads today as `expected`.
fn reads_from_version_1<Older, Newer, T>(value: &T, expected: &T) -> Result<(), TestCaseError>
where
    Older: Record + for<'a> From<&'a T>,
    Newer: Record + TryInto<T, Error = Unreadable>,
    T: PartialEq + std::fmt::Debug,
{
    let bytes = encode(&Older::from(value));
    prop_assert_eq!(bytes[0], 1);
    let read = decode_into::<Newer, T>(&bytes);
    prop_assert_eq!(read.as_ref(), Ok(expected));
    Ok(())
}

proptest! {
    #[test]
    fn an_attempt_reads_back_as_it_was_written(attempt in attempts()) {
        goes_round::<AttemptV2, _>(&attempt)?;
    }

    #[test]
    fn a_contacts_state_reads_back_as_it_was_written(state in contact_states()) {
        goes_round::<ContactStateV2, _>(&state)?;
    }

    #[test]
    fn a_definition_reads_back_as_it_was_written(definition in definitions()) {
        goes_round::<DefinitionV5, _>(&definition)?;
    }

    #[test]
    fn a_progress_reads_back_as_it_was_written(progress in progresses()) {
        goes_round::<ProgressV2, _>(&progress)?;
    }

    #[test]
    fn a_block_reads_back_as_it_was_written(contacts in prop::collection::vec(contacts(), 0..20)) {
        let record = BlockV1 { contacts: contacts.iter().map(Into::into).collect() };
        let bytes = encode(&record);
        prop_assert_eq!(&encode_block(&contacts), &bytes, "borrowed or not, it is the same record");
        let read = decode_into::<BlockV1, Vec<Contact>>(&bytes);
        prop_assert_eq!(read, Ok(contacts));
    }

    #[test]
    fn a_lane_reads_back_as_it_was_written(lane in lanes()) {
        goes_round::<LaneV2, _>(&lane)?;
    }

    #[test]
    fn what_is_remembered_of_runs_reads_back_as_it_was_written(runs in runs()) {
        goes_round::<RunsV1, _>(&runs)?;
    }

    #[test]
    fn an_attempt_that_counts_reads_back_as_it_was_written(past in pasts()) {
        let read = decode_into::<TriedV1, Past>(&encode(&TriedV1::from(past)));
        prop_assert_eq!(read, Ok(past));
    }

    #[test]
    fn a_tally_reads_back_as_it_was_written(tally in tallies()) {
        goes_round::<TallyV1, _>(&tally)?;
    }

    #[test]
    fn a_holiday_calendar_reads_back_as_it_was_written(
        (name, description, calendar) in (".*", ".*", calendars()),
        (created_at, updated_at) in any::<(i64, i64)>(),
    ) {
        let record = HolidayCalendarV1::new(name, description, &calendar, created_at, updated_at);
        let read = decode::<HolidayCalendarV1>(&encode(&record));
        prop_assert_eq!(read.as_ref(), Ok(&record));
        prop_assert_eq!(record.calendar().ok(), Some(calendar));
    }

    #[test]
    fn a_voice_profile_reads_back_as_it_was_written(profile in profiles()) {
        goes_round::<VoiceProfileV1, _>(&profile)?;
    }

    #[test]
    fn a_suppression_reads_back_as_it_was_written(suppression in suppressions()) {
        prop_assert_eq!(decode::<SuppressionV1>(&encode(&suppression)), Ok(suppression));
    }

    #[test]
    fn an_attempt_of_version_1_yielded_nothing_that_is_known(attempt in attempts()) {
        let expected = Attempt {
            message_left: false,
            recording_url: None,
            result: CallResult::default(),
            ..attempt.clone()
        };
        reads_from_version_1::<AttemptV1, AttemptV2, _>(&attempt, &expected)?;
    }

    #[test]
    fn a_definition_of_version_1_has_nothing_that_later_versions_brought(definition in definitions()) {
        let mut expected = definition.clone();
        expected.settings.circuit_breaker = None;
        expected.settings.voice = None;
        expected.settings.suppression_lists = Vec::new();
        expected.settings.missed_start = MissedStart::default();
        expected.settings.holiday_calendars = Vec::new();
        expected.settings.laws = Vec::new();
        expected.settings.contact_caps = Vec::new();
        expected.settings.audience = None;
        expected.edited = None;
        if let Schedule::Recurring { .. } = expected.settings.schedule {
            expected.settings.schedule = Schedule::Immediate;
        }
        reads_from_version_1::<DefinitionV1, DefinitionV5, _>(&definition, &expected)?;
    }

    #[test]
    fn a_contact_of_version_1_may_be_tried_again(state in contact_states()) {
        let expected = ContactState { no_retry: false, earliest: None, ..state.clone() };
        reads_from_version_1::<ContactStateV1, ContactStateV2, _>(&state, &expected)?;
    }

    #[test]
    fn a_lane_of_version_1_holds_nobody_whom_an_audience_leaves_out(lane in lanes()) {
        let expected = LaneState { left_out: false, ..lane.clone() };
        reads_from_version_1::<LaneV1, LaneV2, _>(&lane, &expected)?;
    }

    #[test]
    fn a_progress_of_version_1_begins_its_new_figures_at_nought(progress in progresses()) {
        let mut expected: Progress = progress.clone();
        expected.counters.sentiment = 0;
        expected.counters.rated = 0;
        expected.breaker = Breaker::default();
        reads_from_version_1::<ProgressV1, ProgressV2, _>(&progress, &expected)?;
    }
}

/// A fallback window is stored as a list of windows, which has no word for any hour.
#[test]
fn a_fallback_at_any_hour_is_still_open_at_any_hour_when_read_back() {
    let mut definition = samples::full_definition();
    definition.settings.fallback_window = Some(Windows::Any);
    let bytes = encode(&DefinitionV5::from(&definition));
    let read: Definition = decode_into::<DefinitionV5, _>(&bytes).unwrap();
    let fallback = read.settings.fallback_window.unwrap();
    let zone = definition.settings.timezone;
    for hour in 0..7 * 24 {
        let now = definition.created_at + outdial_domain::time::Millis::seconds(hour * 3600);
        assert_eq!(
            fallback.hours(&[zone], now),
            Hours::Open { closes: None },
            "hour {hour}"
        );
    }
}
