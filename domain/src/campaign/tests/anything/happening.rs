//! What may happen, and under which settings.

use proptest::prelude::*;

use crate::call::{AnsweredBy, CallEnd, CallStatus};
use crate::lifecycle::{Command, ContactCommand};

/// Something that happens. Attempts, lanes and lists are named by a number that is folded onto what
/// there is; one number too many names something that is not there.
#[derive(Debug, Clone)]
pub enum Happening {
    Oversleep(i64),
    Pass(i64),
    Alarm,
    Asked(Command),
    Added {
        numbers: std::ops::Range<u64>,
        zones: usize,
        not_before: Option<i64>,
    },
    ListOpened(u8),
    ListRead {
        list: u8,
        numbers: std::ops::Range<u64>,
        ends: Option<bool>,
    },
    Permit,
    PermitLost,
    Dialled,
    Durable(usize),
    Answered(usize, Answer),
    Reported {
        attempt: usize,
        status: CallStatus,
        foreign: bool,
        seconds: Option<u32>,
        answered_by: Option<AnsweredBy>,
        at: Option<i64>,
    },
    Told(usize, Told),
    Suppressed(u64),
    Polled(usize, Result<Option<CallStatus>, ()>),
    LookedUp(usize, Result<Vec<(i64, CallStatus)>, ()>),
    Read(usize, bool),
    ReadInVain(usize, bool),
    Woken,
    /// So many calls are made and answered, one after the other.
    Worked(usize),
    ForContact(ContactCommand, usize),
    /// The holidays are these days after the story began, or every day of every year.
    Calendars(Option<Vec<u64>>),
}

/// What is told of a call beside where it stands.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    Machine(AnsweredBy),
    Heard(bool),
    Result(i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Placed(CallStatus),
    RefusedContact,
    RefusedConfiguration,
    Deferred,
    Unknown,
    NotSent,
}

fn status() -> impl Strategy<Value = CallStatus> {
    prop::sample::select(vec![
        CallStatus::Queued,
        CallStatus::Initiated,
        CallStatus::Ringing,
        CallStatus::InProgress,
        CallStatus::Ended(CallEnd::Completed),
        CallStatus::Ended(CallEnd::Busy),
        CallStatus::Ended(CallEnd::NoAnswer),
        CallStatus::Ended(CallEnd::Failed),
        CallStatus::Ended(CallEnd::Canceled),
    ])
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        4 => status().prop_map(Answer::Placed),
        1 => Just(Answer::RefusedContact),
        1 => Just(Answer::RefusedConfiguration),
        2 => Just(Answer::Deferred),
        2 => Just(Answer::Unknown),
        1 => Just(Answer::NotSent),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => Just(Command::Start),
        4 => Just(Command::Pause),
        6 => Just(Command::Resume),
        1 => Just(Command::Complete),
        1 => any::<bool>().prop_map(|hang_up| Command::Cancel { hang_up }),
        1 => Just(Command::Archive),
    ]
}

fn span() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => 0..3_000_i64,
        2 => 0..130_000_i64,
        1 => 0..7_200_000_i64,
        1 => 0..100_000_000_i64,
    ]
}

fn numbers() -> impl Strategy<Value = std::ops::Range<u64>> {
    (0..40_u64, 0..6_u64).prop_map(|(from, count)| from..from + count)
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        prop::sample::select(vec![AnsweredBy::Human, AnsweredBy::MachineEnd, AnsweredBy::Fax])
            .prop_map(Told::Machine),
        any::<bool>().prop_map(Told::Heard),
        (-1000..=1000_i64).prop_map(Told::Result),
    ]
}

pub fn happening() -> impl Strategy<Value = Happening> {
    let pick = 0..12_usize;
    let report = (
        pick.clone(),
        status(),
        prop::bool::weighted(0.1),
        prop::option::of(0..100_u32),
        prop::option::of(prop::sample::select(vec![
            AnsweredBy::Human,
            AnsweredBy::MachineStart,
            AnsweredBy::Unknown,
        ])),
        prop::option::of(-20_000..20_000_i64),
    );
    let found = prop::collection::vec((-20_000..90_000_i64, status()), 0..3);
    prop_oneof![
        4 => span().prop_map(Happening::Oversleep),
        6 => span().prop_map(Happening::Pass),
        2 => Just(Happening::Alarm),
        3 => command().prop_map(Happening::Asked),
        3 => (numbers(), 0..4_usize, prop::option::of(-10_000..600_000_i64)).prop_map(
            |(numbers, zones, not_before)| Happening::Added { numbers, zones, not_before }
        ),
        1 => (0..3_u8).prop_map(Happening::ListOpened),
        2 => (0..3_u8, numbers(), prop::option::weighted(0.3, any::<bool>()))
            .prop_map(|(list, numbers, ends)| Happening::ListRead { list, numbers, ends }),
        4 => Just(Happening::Permit),
        1 => Just(Happening::PermitLost),
        6 => Just(Happening::Dialled),
        4 => pick.clone().prop_map(Happening::Durable),
        8 => (pick.clone(), answer()).prop_map(|(attempt, answer)| Happening::Answered(attempt, answer)),
        8 => report.prop_map(|(attempt, status, foreign, seconds, answered_by, at)| Happening::Reported {
            attempt, status, foreign, seconds, answered_by, at,
        }),
        3 => (pick.clone(), told()).prop_map(|(attempt, told)| Happening::Told(attempt, told)),
        1 => (0..12_u64).prop_map(Happening::Suppressed),
        4 => (pick.clone(), prop::result::maybe_ok(prop::option::of(status()), Just(())))
            .prop_map(|(attempt, answer)| Happening::Polled(attempt, answer)),
        3 => (pick, prop::result::maybe_ok(found, Just(())))
            .prop_map(|(attempt, answer)| Happening::LookedUp(attempt, answer)),
        1 => (0..4_usize, any::<bool>()).prop_map(|(lane, waiting)| Happening::Read(lane, waiting)),
        1 => (0..4_usize, any::<bool>()).prop_map(|(lane, waiting)| Happening::ReadInVain(lane, waiting)),
        1 => Just(Happening::Woken),
        3 => (1..50_usize).prop_map(Happening::Worked),
        4 => (for_contact(), 0..40_usize).prop_map(|(command, contact)| Happening::ForContact(command, contact)),
        1 => prop::option::weighted(0.7, prop::collection::vec(0..3_u64, 0..3)).prop_map(Happening::Calendars),
    ]
}

fn for_contact() -> impl Strategy<Value = ContactCommand> {
    prop::sample::select(vec![ContactCommand::Skip, ContactCommand::Requeue])
}
