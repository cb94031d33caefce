//! The numbers by which enumerations are stored, written down a second time: a number never gets
//! another meaning, whatever becomes of the list in the code.

use outdial_domain::attempt::{Attempt, AttemptState, Outcome, RefusedFor};
use outdial_domain::audience::{Audience, Operator};
use outdial_domain::call::AnsweredBy;
use outdial_domain::contact::{ContactState, ContactStatus};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lifecycle::Status;
use outdial_domain::progress::Progress;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{Definition, Kind, UnknownThen, WindowZone};
use outdial_domain::voice::{
    Act, AnswerBy, Connect, Gather, OnMachine, Record as Recording, ScriptStep, VoiceProfile,
};
use outdial_storage::records::{
    AttemptV2, ContactStateV2, DefinitionV5, ImportV1, ProgressV2, Record, Source, VoiceProfileV1, encode,
};

use crate::samples::{self, version_2, version_4, voice};

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
    check::<ProgressV2, Progress, Status>(
        &version_2::full_progress(),
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
    check::<ContactStateV2, ContactState, ContactStatus>(
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
    check::<ContactStateV2, ContactState, Outcome>(
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
    check::<AttemptV2, Attempt, AttemptState>(
        &version_2::full_attempt(),
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
    check::<AttemptV2, Attempt, AnsweredBy>(
        &version_2::full_attempt(),
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
    let definition = version_2::full_definition();
    check::<DefinitionV5, Definition, Kind>(
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
    check::<DefinitionV5, Definition, UnknownThen>(
        &definition,
        |definition, then| definition.settings.unknown.then = then,
        &[(0, UnknownThen::Lost), (1, UnknownThen::Retry)],
    );
    check::<DefinitionV5, Definition, WindowZone>(
        &definition,
        |definition, zone| definition.settings.window_zone = zone,
        &[(0, WindowZone::Contact), (1, WindowZone::Campaign)],
    );
}

#[test]
fn the_numbers_of_an_audiences_operators_stand() {
    check::<DefinitionV5, Definition, Operator>(
        &version_4::full_definition(),
        |definition, operator| {
            definition.settings.audience = Some(Audience {
                include: vec![version_4::rule("plan", operator, "gold")],
                exclude: Vec::new(),
            });
        },
        &[
            (0, Operator::Equals),
            (1, Operator::NotEquals),
            (2, Operator::Contains),
            (3, Operator::NotContains),
            (4, Operator::GreaterThan),
            (5, Operator::LessThan),
            (6, Operator::Exists),
            (7, Operator::NotExists),
        ],
    );
}

#[test]
fn the_numbers_of_what_becomes_of_a_missed_start_stand() {
    check::<DefinitionV5, Definition, MissedStart>(
        &version_4::full_definition(),
        |definition, missed_start| definition.settings.missed_start = missed_start,
        &[
            (0, MissedStart::Run),
            (1, MissedStart::Skip),
            (2, MissedStart::RunWithin(0)),
        ],
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

#[test]
fn the_numbers_of_what_is_done_about_a_machine_stand() {
    check::<VoiceProfileV1, VoiceProfile, OnMachine>(
        &voice::full_profile(),
        |profile, on_machine| profile.on_machine = on_machine,
        &[
            (0, OnMachine::HangUp),
            (1, OnMachine::LeaveMessage),
            (2, OnMachine::Continue),
        ],
    );
}

#[test]
fn the_numbers_of_how_a_question_is_answered_stand() {
    check::<VoiceProfileV1, VoiceProfile, AnswerBy>(
        &voice::full_profile(),
        |profile, by| {
            *profile = says(Act::Gather(Gather {
                by,
                ..voice::full_gather()
            }));
        },
        &[
            (0, AnswerBy::Keys),
            (1, AnswerBy::Speech),
            (2, AnswerBy::KeysOrSpeech),
        ],
    );
}

/// Steps differ in length, so it is their first difference that must be their number.
#[test]
fn the_numbers_of_a_scripts_steps_stand() {
    let acts = [
        Act::Say(String::new()),
        Act::Play(String::new()),
        Act::Pause(0),
        Act::Gather(Gather::default()),
        Act::Record(Recording::default()),
        Act::Connect(Connect::Stream {
            url: String::new(),
            parameters: Vec::new(),
        }),
        Act::Connect(Connect::Sip {
            uri: String::new(),
            headers: Vec::new(),
        }),
        Act::Connect(Connect::Number(String::new())),
        Act::Goto(String::new()),
        Act::HangUp,
    ];
    let records = acts.map(|act| encode(&VoiceProfileV1::from(&says(act))));
    let place = (0..records[0].len()).find(|place| records[0][*place] != records[1][*place]);
    let place = place.expect("two kinds of step have one number");
    assert!(
        records
            .iter()
            .all(|record| record[..place] == records[0][..place])
    );
    let numbers = records.map(|record| record[place]);
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/// A profile whose script is one step.
fn says(act: Act) -> VoiceProfile {
    VoiceProfile {
        script: vec![ScriptStep { label: None, act }],
        ..voice::bare_profile()
    }
}

#[test]
fn the_numbers_of_who_said_that_a_number_is_not_to_be_rung_stand() {
    assert_eq!(Source::Person as u8, 0);
    assert_eq!(Source::List as u8, 1);
    assert_eq!(Source::ListAndPerson as u8, 2);
}
