//! The numbers by which enumerations are stored, written down a second time: a number never gets
//! another meaning, whatever becomes of the list in the code.

use outdial_domain::attempt::{Attempt, AttemptState, Outcome, RefusedFor};
use outdial_domain::call::AnsweredBy;
use outdial_domain::contact::{ContactState, ContactStatus};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::settings::{Definition, Kind, UnknownThen, WindowZone};
use outdial_storage::records::{
    AttemptV1, ContactStateV1, DefinitionV1, ImportV1, ProgressV1, Record, encode,
};

use crate::samples;

/// The records of `value`, changed to each case, differ in one byte, which is the case's number.
fn check<R: Record + for<'a> From<&'a T>, T: Clone, C: Copy>(
    value: &T,
    change: impl Fn(&mut T, C),
    cases: &[(u8, C)],
) {
    let records: Vec<Vec<u8>> = cases
        .iter()
        .map(|(_, case)| {
            let mut changed = value.clone();
            change(&mut changed, *case);
            encode(&R::from(&changed))
        })
        .collect();
    assert!(records.iter().all(|record| record.len() == records[0].len()));
    let places: Vec<usize> = (0..records[0].len())
        .filter(|place| records.iter().any(|record| record[*place] != records[0][*place]))
        .collect();
    let [place] = places[..] else {
        panic!("they differ in the bytes {places:?}")
    };
    let numbers: Vec<u8> = records.iter().map(|record| record[place]).collect();
    let expected: Vec<u8> = cases.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn the_numbers_of_a_campaigns_statuses_stand() {
    check::<ProgressV1, Progress, Status>(
        &samples::full_progress(),
        |progress, status| progress.status = status,
        &[
            (0, Status::Draft),
            (1, Status::Scheduled),
            (2, Status::Running),
            (3, Status::Paused),
            (4, Status::Completed),
            (5, Status::Failed),
            (6, Status::Canceled),
            (7, Status::Archived),
        ],
    );
}

#[test]
fn the_numbers_of_a_contacts_statuses_stand() {
    check::<ContactStateV1, ContactState, ContactStatus>(
        &samples::full_state(),
        |state, status| state.status = status,
        &[
            (0, ContactStatus::Pending),
            (1, ContactStatus::Calling),
            (2, ContactStatus::Completed),
            (3, ContactStatus::Failed),
            (4, ContactStatus::Skipped),
        ],
    );
}

#[test]
fn the_numbers_of_outcomes_stand() {
    check::<ContactStateV1, ContactState, Outcome>(
        &samples::full_state(),
        |state, outcome| state.last_outcome = Some(outcome),
        &[
            (0, Outcome::Completed),
            (1, Outcome::Busy),
            (2, Outcome::NoAnswer),
            (3, Outcome::Failed),
            (4, Outcome::Canceled),
            (5, Outcome::Machine),
            (6, Outcome::Refused),
            (7, Outcome::Lost),
        ],
    );
}

#[test]
fn the_numbers_of_an_attempts_states_stand() {
    check::<AttemptV1, Attempt, AttemptState>(
        &samples::full_attempt(),
        |attempt, state| attempt.state = state,
        &[
            (0, AttemptState::Intended),
            (1, AttemptState::Unknown),
            (2, AttemptState::Placed),
            (3, AttemptState::Ringing),
            (4, AttemptState::Answered),
            (5, AttemptState::Refused(RefusedFor::Contact)),
            (6, AttemptState::Refused(RefusedFor::Configuration)),
            (7, AttemptState::Deferred),
            (8, AttemptState::Withdrawn),
            (16, AttemptState::Ended(Outcome::Completed)),
            (17, AttemptState::Ended(Outcome::Busy)),
            (18, AttemptState::Ended(Outcome::NoAnswer)),
            (19, AttemptState::Ended(Outcome::Failed)),
            (20, AttemptState::Ended(Outcome::Canceled)),
            (21, AttemptState::Ended(Outcome::Machine)),
            (22, AttemptState::Ended(Outcome::Refused)),
            (23, AttemptState::Ended(Outcome::Lost)),
        ],
    );
}

#[test]
fn the_numbers_of_who_answered_stand() {
    check::<AttemptV1, Attempt, AnsweredBy>(
        &samples::full_attempt(),
        |attempt, answered_by| attempt.answered_by = Some(answered_by),
        &[
            (0, AnsweredBy::Human),
            (1, AnsweredBy::MachineStart),
            (2, AnsweredBy::MachineEnd),
            (3, AnsweredBy::Fax),
            (4, AnsweredBy::Unknown),
        ],
    );
}

#[test]
fn the_numbers_of_a_campaigns_settings_stand() {
    let definition = samples::full_definition();
    check::<DefinitionV1, Definition, Kind>(
        &definition,
        |definition, kind| definition.settings.kind = kind,
        &[
            (0, Kind::SecretShopper),
            (1, Kind::Survey),
            (2, Kind::Reminder),
            (3, Kind::Outreach),
            (4, Kind::Custom),
        ],
    );
    check::<DefinitionV1, Definition, UnknownThen>(
        &definition,
        |definition, then| definition.settings.unknown.then = then,
        &[(0, UnknownThen::Lost), (1, UnknownThen::Retry)],
    );
    check::<DefinitionV1, Definition, WindowZone>(
        &definition,
        |definition, zone| definition.settings.window_zone = zone,
        &[(0, WindowZone::Contact), (1, WindowZone::Campaign)],
    );
}

#[test]
fn the_numbers_of_an_imports_states_stand() {
    check::<ImportV1, Import, u8>(
        &samples::bare_import(),
        |import, ends| {
            import.state = match ends {
                0 => ImportState::Running,
                _ => ImportState::Completed,
            };
        },
        &[(0, 0), (1, 1)],
    );
}
