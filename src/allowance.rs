//! How much an organization may ask in a while.
//!
//! This is GCRA (the generic cell rate algorithm, ITU-T I.371): so many at once, and then one each time that its
//! share of the minute has passed. It is kept in memory alone: a restart forgives.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use outdial_domain::ids::OrgId;
use outdial_domain::time::{Millis, Timestamp};

use crate::error::Error;

const MINUTE: Millis = Millis::seconds(60);

/// What organizations have asked lately.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Mutex<HashMap<OrgId, Timestamp>>);

impl Allowances {
    /// Takes one of so many a minute. The error says what they are of, and when the next may be taken.
    pub(crate) fn take(&self, org: OrgId, per_minute: u32, of: &str, now: Timestamp) -> Result<(), Error> {
        let too_many = |wait: Millis| Error::TooMany {
            what: format!("an organization may create {per_minute} {of} a minute"),
            seconds: wait.0.max(1).unsigned_abs().div_ceil(1000),
        };
        let share = Millis(MINUTE.0 / i64::from(per_minute.max(1)));
        if per_minute == 0 {
            return Err(too_many(MINUTE));
        }
        let mut spent_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spent_until.retain(|_, until| *until > now);
        // A clock that was set back leaves nobody waiting for longer than a minute.
        let until = spent_until.get(&org).copied().unwrap_or(now).min(now + MINUTE);
        let after = until + share;
        if after > now + MINUTE {
            return Err(too_many(after - (now + MINUTE)));
        }
        spent_until.insert(org, after);
        Ok(())
    }

    /// Gives one back that came to nothing.
    pub(crate) fn give_back(&self, org: OrgId, per_minute: u32) {
        let mut spent_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = spent_until.get_mut(&org) {
            *until = *until + Millis(-MINUTE.0 / i64::from(per_minute.max(1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ORG: OrgId = OrgId(Uuid::from_u128(1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1000)
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_one_at_a_time() {
        let allowances = Allowances::default();
        let take = |seconds| allowances.take(ORG, 20, "campaigns", at(seconds));
        assert!((0..20).all(|_| take(0).is_ok()));
        let Err(Error::TooMany { seconds, .. }) = take(0) else {
            panic!("the twenty-first was allowed");
        };
        assert_eq!(seconds, 3);
        assert!(take(2).is_err() && take(3).is_ok() && take(3).is_err() && take(6).is_ok());
    }

    #[test]
    fn what_came_to_nothing_costs_nothing() {
        let allowances = Allowances::default();
        for _ in 0..5 {
            assert!(allowances.take(ORG, 1, "campaigns", at(0)).is_ok());
            allowances.give_back(ORG, 1);
        }
    }

    #[test]
    fn organizations_do_not_share_an_allowance() {
        let allowances = Allowances::default();
        assert!(allowances.take(ORG, 1, "campaigns", at(0)).is_ok());
        assert!(allowances.take(ORG, 1, "campaigns", at(0)).is_err());
        assert!(
            allowances
                .take(OrgId(Uuid::from_u128(2)), 1, "campaigns", at(0))
                .is_ok()
        );
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_waiting_for_longer_than_a_minute() {
        let allowances = Allowances::default();
        assert!(allowances.take(ORG, 1, "campaigns", at(1_000_000)).is_ok());
        let Err(Error::TooMany { seconds, .. }) = allowances.take(ORG, 1, "campaigns", at(0)) else {
            panic!("it was allowed");
        };
        assert!(seconds <= 60, "{seconds}");
    }
}
