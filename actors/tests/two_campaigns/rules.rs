//! How often a number may be tried, stated without the code under test: at each call by what the carrier has
//! rung, and whenever everybody waits, by whether each who is held back is held back for a reason.

use outdial_domain::attempt::{Attempt, AttemptState, Outcome};
use outdial_domain::call::CallEnd;
use outdial_domain::caps::Cap;
use outdial_domain::ids::{ContactId, LaneId, LineId};
use outdial_domain::law::Preset;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{
    Channel, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen, WindowZone,
};
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::Windows;
use outdial_storage::read;
use uuid::Uuid;

use crate::{NUMBERS, World, id};

/// An attempt is with the carrier so long after its intent at most, and counts from then on.
const SENT_WITHIN: Millis = Millis::seconds(2);
const WEEK_OF_HOURS: u32 = 7 * 24;

/// How often a campaign may try a number, whoever tried it.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    /// At most so many calls within so many hours, by its own settings.
    own: Vec<(u32, u32)>,
    /// Whether it keeps `us-reg-f`: seven calls a week, and none in the week after a conversation.
    keeps_reg_f: bool,
}

impl Rule {
    /// Rules for two campaigns: in about half of the worlds neither has any.
    pub fn of_two(rng: &mut fastrand::Rng) -> [Self; 2] {
        let has_any = [0, 0, 0, 1, 2, 3][rng.usize(0..6)];
        [1, 2].map(|bit| match has_any & bit {
            0 => Self::default(),
            _ => Self::some(rng),
        })
    }

    fn some(rng: &mut fastrand::Rng) -> Self {
        let keeps_reg_f = rng.u32(0..3) == 0;
        let own = if keeps_reg_f { rng.u32(0..2) } else { rng.u32(1..3) };
        Self {
            own: (0..own).map(|_| (rng.u32(1..4), rng.u32(1..4))).collect(),
            keeps_reg_f,
        }
    }

    pub fn is_any(&self) -> bool {
        self.keeps_reg_f || !self.own.is_empty()
    }

    fn laws(&self) -> Vec<&'static Preset> {
        let named = self.keeps_reg_f.then(|| Preset::named("us-reg-f").unwrap());
        named.into_iter().collect()
    }

    fn contact_caps(&self) -> Vec<Cap> {
        let own = self.own.iter().map(|(max_attempts, per_hours)| Cap {
            max_attempts: *max_attempts,
            per_hours: *per_hours,
        });
        own.collect()
    }

    /// At most so many calls within so long.
    fn caps(&self) -> Vec<(usize, Millis)> {
        let of_law = self.keeps_reg_f.then_some((7, WEEK_OF_HOURS));
        let all = self.own.iter().copied().chain(of_law);
        all.map(|(most, hours)| (most as usize, span(hours))).collect()
    }

    /// For how long a number is left in peace after a conversation.
    fn peace(&self) -> Option<Millis> {
        self.keeps_reg_f.then(|| span(WEEK_OF_HOURS))
    }

    /// Whether these attempts to a number, all that ever were, can hold a call back until this instant and no
    /// longer.
    fn holds_until(&self, until: Timestamp, rang: &[Attempt]) -> bool {
        let by_count = self.caps().into_iter().any(|(most, span)| {
            let first = rang
                .iter()
                .find(|attempt| attempt.intended_at + SENT_WITHIN + span == until);
            first.is_some_and(|first| {
                let since = |attempt: &&Attempt| attempt.intended_at >= first.intended_at;
                rang.iter().filter(since).count() >= most
            })
        });
        let by_conversation = self.peace().is_some_and(|peace| {
            let talked = |attempt: &Attempt| attempt.state == AttemptState::Ended(Outcome::Completed);
            rang.iter()
                .any(|attempt| talked(attempt) && attempt.intended_at + SENT_WITHIN + peace == until)
        });
        by_count || by_conversation
    }
}

fn span(hours: u32) -> Millis {
    Millis::seconds(3600 * i64::from(hours))
}

impl World {
    /// Panics where the campaign's rule forbids a call to the number now, by the calls that the carrier has made.
    pub fn allows(&self, which: usize, to: PhoneNumber) {
        let since = |span: Millis| self.now + Millis(-span.0);
        let rung = || self.calls.values().filter(move |call| call.to == to);
        for (most, span) in self.rules[which].caps() {
            let count = rung().filter(|call| call.created_at > since(span)).count();
            assert!(
                count < most,
                "caps: campaign {which} calls {to:?}, which was rung {count} times in {span:?}: {most} are allowed"
            );
        }
        if let Some(peace) = self.rules[which].peace() {
            let talked = rung().find(|call| call.end == CallEnd::Completed && call.created_at > since(peace));
            assert!(
                talked.is_none(),
                "caps: campaign {which} calls {to:?}, with whom somebody talked at {:?}",
                talked.map(|call| call.created_at)
            );
        }
    }

    /// Every attempt of either campaign, durable ones only.
    fn attempts(&self) -> Vec<Attempt> {
        let of = |which| read::attempts(self.store.as_ref(), id(which), None, usize::MAX).unwrap();
        [of(0), of(1)].concat()
    }

    /// Panics where somebody is held back until an instant that follows from nothing. Caps are only judged while
    /// nobody calls the number, so every attempt that they counted is over, and stands in the ledger.
    pub fn all_are_held_back_for_a_reason(&self) {
        let attempts = self.attempts();
        for which in (0..2).filter(|which| self.rules[*which].is_any()) {
            for place in 0..NUMBERS {
                let contact = ContactId {
                    lane: LaneId(0),
                    block: 0,
                    place: place as u8,
                };
                let ready = read::contact(self.store.as_ref(), id(which), contact, 1)
                    .unwrap()
                    .unwrap();
                let is_capped =
                    |reason: &String| reason.contains("contact caps") || reason.contains("us-reg-f");
                let Some(until) = ready
                    .state
                    .not_before
                    .filter(|_| ready.state.reason.as_ref().is_some_and(is_capped))
                else {
                    continue;
                };
                let to = ready.contact.phone;
                let may_have_rung =
                    |attempt: &&Attempt| attempt.to == to && matches!(attempt.state, AttemptState::Ended(_));
                let rang: Vec<Attempt> = attempts.iter().filter(may_have_rung).cloned().collect();
                assert!(
                    self.rules[which].holds_until(until, &rang),
                    "campaign {which} holds {to:?} back until {until} by {:?}, after {rang:#?}",
                    self.rules[which]
                );
            }
        }
    }

    /// Panics where the second look took a call back for a cap: the first knows all that there is to know.
    pub fn no_intent_was_taken_back_for_a_cap(&self) {
        for attempt in self.attempts() {
            let why = attempt.error_message.unwrap_or_default();
            assert!(
                !why.contains("contact caps") && !why.contains("us-reg-f"),
                "{}: {why}",
                attempt.id
            );
        }
    }
}

/// A campaign's settings, with this rule of how often it may try a number.
pub fn settings(rng: &mut fastrand::Rng, rule: &Rule) -> Settings {
    Settings {
        name: "one of two".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(2)),
        timezone: "UTC".parse().unwrap(),
        schedule: Schedule::Immediate,
        windows: Windows::Any,
        window_zone: WindowZone::Contact,
        fallback_window: None,
        pacing: Pacing {
            max_concurrent: rng.u32(1..6),
            per_minute: rng.u32(30..3000),
            delay_seconds: 0,
        },
        retry: Retry {
            max_retries: if rule.is_any() { rng.u32(2..8) } else { 2 },
            backoff_seconds: vec![rng.u32(0..40)],
            outcomes: vec![Outcome::Busy, Outcome::NoAnswer],
        },
        unknown: UnknownPolicy {
            wait_seconds: rng.u32(0..60),
            then: UnknownThen::Lost,
        },
        watchdog_seconds: rng.u32(1..120),
        ring_timeout_seconds: 30,
        default_region: "US".to_owned(),
        circuit_breaker: None,
        missed_start: MissedStart::default(),
        holiday_calendars: Vec::new(),
        laws: rule.laws(),
        contact_caps: rule.contact_caps(),
        audience: None,
        suppression_lists: Vec::new(),
        voice: None,
    }
}
