use super::*;
use proptest::prelude::*;

const DAILY: Cap = Cap {
    max_attempts: 3,
    per_hours: 24,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_782_910_800_000 + millis)
}

fn hours(hours: i64) -> i64 {
    hours * HOUR.0
}

fn attempts(millis: &[i64]) -> Vec<Past> {
    let attempt = |millis: &i64| Past {
        at: at(*millis),
        was_conversation: false,
    };
    millis.iter().map(attempt).collect()
}

fn caps(caps: &[Cap], days_after_conversation: Option<u32>) -> Caps {
    Caps {
        caps: caps.to_vec(),
        days_after_conversation,
    }
}

#[test]
fn the_third_attempt_of_a_day_is_allowed_and_the_fourth_waits_until_the_first_is_a_day_old() {
    let three_a_day = caps(&[DAILY], None);
    let past = attempts(&[0, hours(1)]);
    assert_eq!(three_a_day.allowance(&past, at(hours(2))), Allowance::Now);
    let past = attempts(&[hours(2), 0, hours(1)]);
    let rule = CapRule::Attempts(DAILY);
    assert_eq!(
        three_a_day.allowance(&past, at(hours(24) - 1)),
        Allowance::From {
            at: at(hours(24)),
            rule
        }
    );
    assert_eq!(three_a_day.allowance(&past, at(hours(24))), Allowance::Now);
}

#[test]
fn the_cap_that_holds_back_longest_is_named() {
    let weekly = Cap {
        max_attempts: 4,
        per_hours: 168,
    };
    let both = caps(&[DAILY, weekly], None);
    let past = attempts(&[0, hours(30), hours(31), hours(32)]);
    assert_eq!(
        both.allowance(&past, at(hours(33))),
        Allowance::From {
            at: at(hours(168)),
            rule: CapRule::Attempts(weekly)
        }
    );
}

#[test]
fn after_a_conversation_nobody_is_tried_for_as_many_days() {
    let week_of_peace = caps(&[], Some(7));
    let mut past = attempts(&[0, hours(1)]);
    assert_eq!(week_of_peace.allowance(&past, at(hours(2))), Allowance::Now);
    past[0].was_conversation = true;
    let rule = CapRule::Conversation { days: 7 };
    let until = Allowance::From {
        at: at(hours(7 * 24)),
        rule,
    };
    assert_eq!(week_of_peace.allowance(&past, at(hours(2))), until);
    assert_eq!(week_of_peace.allowance(&past, at(hours(7 * 24))), Allowance::Now);
}

#[test]
fn no_attempts_at_most_is_never_and_no_caps_is_always() {
    let none = Cap {
        max_attempts: 0,
        per_hours: 24,
    };
    let rule = CapRule::Attempts(none);
    assert_eq!(
        caps(&[DAILY, none], None).allowance(&[], at(0)),
        Allowance::Never { rule }
    );
    let past = attempts(&[0; 1000]);
    assert_eq!(Caps::default().allowance(&past, at(0)), Allowance::Now);
}

#[test]
fn an_attempt_that_a_clock_set_back_left_in_the_future_counts() {
    let past = attempts(&[hours(1), hours(1), hours(1)]);
    let rule = CapRule::Attempts(DAILY);
    assert_eq!(
        caps(&[DAILY], None).allowance(&past, at(0)),
        Allowance::From {
            at: at(hours(25)),
            rule
        }
    );
}

#[test]
fn two_sets_of_caps_hold_together_what_each_of_them_holds() {
    let one = caps(&[DAILY], Some(7));
    let other = caps(
        &[
            DAILY,
            Cap {
                max_attempts: 7,
                per_hours: 168,
            },
        ],
        Some(3),
    );
    let both = one.and(&other);
    assert_eq!(both, caps(&other.caps, Some(7)));
    assert_eq!(both.reach(), Millis(hours(168)));
}

#[test]
fn rules_are_told_in_words() {
    assert_eq!(
        CapRule::Attempts(DAILY).to_string(),
        "at most 3 attempts in 24 hours"
    );
    let once = Cap {
        max_attempts: 1,
        per_hours: 1,
    };
    assert_eq!(CapRule::Attempts(once).to_string(), "at most 1 attempt in 1 hour");
    let peace = CapRule::Conversation { days: 7 };
    assert_eq!(peace.to_string(), "none within 7 days after a conversation");
}

/// The rule as it is said: count what lies within the span that ends now.
fn is_allowed(caps: &Caps, past: &[Past], now: Timestamp) -> bool {
    let within = |span: i64| past.iter().filter(move |past| (now - past.at).0 < hours(span));
    let fits = |cap: &Cap| within(i64::from(cap.per_hours)).count() < cap.max_attempts as usize;
    let is_left_in_peace = |days: u32| !within(i64::from(days) * 24).any(|past| past.was_conversation);
    caps.caps.iter().all(fits) && caps.days_after_conversation.is_none_or(is_left_in_peace)
}

fn any_caps() -> impl Strategy<Value = Caps> {
    let cap = (1..6u32, 1..60u32).prop_map(|(max_attempts, per_hours)| Cap {
        max_attempts,
        per_hours,
    });
    let list = proptest::collection::vec(cap, 0..4);
    (list, proptest::option::of(0..4u32)).prop_map(|(caps, days_after_conversation)| Caps {
        caps,
        days_after_conversation,
    })
}

/// Attempts at quarters of hours within a few days.
fn any_past() -> impl Strategy<Value = Vec<Past>> {
    let past = (0..400i64, proptest::bool::weighted(0.2)).prop_map(|(quarter, was_conversation)| Past {
        at: at(quarter * HOUR.0 / 4),
        was_conversation,
    });
    proptest::collection::vec(past, 0..14)
}

proptest! {
    #[test]
    fn an_attempt_is_allowed_at_the_minute_at_which_counting_allows_it(
        caps in any_caps(), past in any_past(), quarter in 0..400i64
    ) {
        const MINUTE: i64 = 60_000;
        let now = at(quarter * HOUR.0 / 4);
        let horizon = hours(200) / MINUTE;
        let first = (0..horizon).map(|n| now + Millis(n * MINUTE)).find(|at| is_allowed(&caps, &past, *at));
        let told = match caps.allowance(&past, now) {
            Allowance::Now => Some(now),
            Allowance::From { at, .. } => {
                prop_assert!(!is_allowed(&caps, &past, at + Millis(-1)));
                Some(at)
            }
            Allowance::Never { .. } => None,
        };
        prop_assert_eq!(told, first);
    }

    #[test]
    fn an_address_that_was_not_tried_for_as_long_as_caps_reach_may_be_forgotten(
        caps in any_caps(), past in any_past()
    ) {
        let last = past.iter().map(|past| past.at).max().unwrap_or(at(0));
        prop_assert_eq!(caps.allowance(&past, last + caps.reach()), Allowance::Now);
    }

    #[test]
    fn whoever_tries_as_soon_as_it_is_allowed_never_exceeds_a_cap(caps in any_caps()) {
        let mut past: Vec<Past> = Vec::new();
        let mut now = at(0);
        for n in 0..40 {
            now = match caps.allowance(&past, now) {
                Allowance::Now => now,
                Allowance::From { at, .. } => at,
                Allowance::Never { .. } => break,
            };
            prop_assert!(is_allowed(&caps, &past, now));
            past.push(Past { at: now, was_conversation: n % 5 == 0 });
            now = now + Millis(60_000);
        }
    }
}
