//! The numbers by which enumerations are stored. A number is never given to another meaning.

use chrono_tz::Tz;
use outdial_domain::attempt::{AttemptState, Outcome, RefusedFor};
use outdial_domain::audience::Operator;
use outdial_domain::call::AnsweredBy;
use outdial_domain::contact::ContactStatus;
use outdial_domain::lifecycle::Status;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::{Channel, Direction, Kind, UnknownThen, WindowZone};
use outdial_domain::voice::{AnswerBy, OnMachine};

use super::Unreadable;

/// An enumeration with a stored number for each case.
pub(super) trait Coded: Sized + Copy + PartialEq + 'static {
    const CODES: &'static [(u8, Self)];

    fn code(self) -> u8 {
        let found = Self::CODES.iter().find(|(_, case)| *case == self);
        // `every_case_has_its_own_number` proves that each case is listed.
        found.expect("every case has a number").0
    }

    fn from_code(code: u8) -> Result<Self, Unreadable> {
        let found = Self::CODES.iter().find(|(listed, _)| *listed == code);
        found
            .map(|(_, case)| *case)
            .ok_or_else(|| Unreadable(format!("no meaning for the number {code}")))
    }
}

impl Coded for Status {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Draft),
        (1, Self::Scheduled),
        (2, Self::Running),
        (3, Self::Paused),
        (4, Self::Completed),
        (5, Self::Failed),
        (6, Self::Canceled),
        (7, Self::Archived),
    ];
}

impl Coded for ContactStatus {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Pending),
        (1, Self::Calling),
        (2, Self::Completed),
        (3, Self::Failed),
        (4, Self::Skipped),
    ];
}

impl Coded for Outcome {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Completed),
        (1, Self::Busy),
        (2, Self::NoAnswer),
        (3, Self::Failed),
        (4, Self::Canceled),
        (5, Self::Machine),
        (6, Self::Refused),
        (7, Self::Lost),
    ];
}

impl Coded for AttemptState {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Intended),
        (1, Self::Unknown),
        (2, Self::Placed),
        (3, Self::Ringing),
        (4, Self::Answered),
        (5, Self::Refused(RefusedFor::Contact)),
        (6, Self::Refused(RefusedFor::Configuration)),
        (7, Self::Deferred),
        (8, Self::Withdrawn),
        (16, Self::Ended(Outcome::Completed)),
        (17, Self::Ended(Outcome::Busy)),
        (18, Self::Ended(Outcome::NoAnswer)),
        (19, Self::Ended(Outcome::Failed)),
        (20, Self::Ended(Outcome::Canceled)),
        (21, Self::Ended(Outcome::Machine)),
        (22, Self::Ended(Outcome::Refused)),
        (23, Self::Ended(Outcome::Lost)),
    ];
}

impl Coded for AnsweredBy {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Human),
        (1, Self::MachineStart),
        (2, Self::MachineEnd),
        (3, Self::Fax),
        (4, Self::Unknown),
    ];
}

impl Coded for Kind {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::SecretShopper),
        (1, Self::Survey),
        (2, Self::Reminder),
        (3, Self::Outreach),
        (4, Self::Custom),
    ];
}

impl Coded for Direction {
    const CODES: &'static [(u8, Self)] = &[(0, Self::Outbound)];
}

impl Coded for Channel {
    const CODES: &'static [(u8, Self)] = &[(0, Self::Voice)];
}

impl Coded for Operator {
    const CODES: &'static [(u8, Self)] = &[
        (0, Self::Equals),
        (1, Self::NotEquals),
        (2, Self::Contains),
        (3, Self::NotContains),
        (4, Self::GreaterThan),
        (5, Self::LessThan),
        (6, Self::Exists),
        (7, Self::NotExists),
    ];
}

impl Coded for UnknownThen {
    const CODES: &'static [(u8, Self)] = &[(0, Self::Lost), (1, Self::Retry)];
}

impl Coded for WindowZone {
    const CODES: &'static [(u8, Self)] = &[(0, Self::Contact), (1, Self::Campaign)];
}

impl Coded for OnMachine {
    const CODES: &'static [(u8, Self)] = &[(0, Self::HangUp), (1, Self::LeaveMessage), (2, Self::Continue)];
}

impl Coded for AnswerBy {
    const CODES: &'static [(u8, Self)] = &[(0, Self::Keys), (1, Self::Speech), (2, Self::KeysOrSpeech)];
}

pub(super) fn zone(name: &str) -> Result<Tz, Unreadable> {
    name.parse()
        .map_err(|_| Unreadable(format!("`{name}` is not a time zone")))
}

pub(super) fn phone(digits: u64) -> Result<PhoneNumber, Unreadable> {
    PhoneNumber::from_digits(digits).ok_or_else(|| Unreadable(format!("`{digits}` is not a phone number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_are_distinct<T: Coded>() {
        for (code, case) in T::CODES {
            assert_eq!(case.code(), *code);
            assert!(T::from_code(*code).is_ok_and(|read| read == *case));
        }
    }

    #[test]
    fn every_case_has_its_own_number() {
        numbers_are_distinct::<Status>();
        numbers_are_distinct::<ContactStatus>();
        numbers_are_distinct::<Outcome>();
        numbers_are_distinct::<AttemptState>();
        numbers_are_distinct::<AnsweredBy>();
        numbers_are_distinct::<Kind>();
        numbers_are_distinct::<OnMachine>();
        numbers_are_distinct::<AnswerBy>();
        assert_eq!(Status::CODES.len(), Status::ALL.len());
        assert_eq!(Outcome::CODES.len(), Outcome::ALL.len());
        for outcome in Outcome::ALL {
            AttemptState::Ended(outcome).code();
        }
    }
}
