//! How a line meters its starts: so many a second, fewer while the carrier is in trouble, shared
//! fairly among the campaigns that ask. Pure: it is told the time.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use outdial_domain::ids::CampaignId;
use outdial_domain::time::{Millis, Timestamp};

/// The first hold after trouble without word from the carrier how long; it doubles each time.
const FIRST_HOLD: Millis = Millis::seconds(1);
/// The hold that no further trouble makes longer, unless a line says otherwise.
pub const LONGEST_HOLD: Millis = Millis::seconds(60);

/// No carrier's word holds a line for longer than this.
const LONGEST_HOLD_OF_CARRIER: Millis = Millis::seconds(3600);

/// What a line allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Starts per second, more than 0.
    pub calls_per_second: f64,
    /// Calls in flight at once over all campaigns; `None`: as many as they like.
    pub max_concurrent: Option<u32>,
    /// No hold is longer than this, unless the carrier says how long.
    pub longest_hold: Millis,
}

/// A line's state.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    next_micros: i64,
    held_until: Option<(Timestamp, String)>,
    /// Why nothing is started until a person says otherwise.
    held_back: Option<String>,
    hold: Millis,
    /// Whoever asks, by the place in the queue; the first place is served next.
    queue: BTreeMap<u64, CampaignId>,
    /// The place of each of them.
    asking: HashMap<CampaignId, u64>,
    next_place: u64,
    /// Calls in flight by campaign, permits out included.
    in_flight: HashMap<CampaignId, u32>,
    /// Their sum.
    all_in_flight: u32,
}

/// What a line shows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHealth {
    /// Until when nothing is started, and why.
    pub held_until: Option<(Timestamp, String)>,
    /// Why nothing is started until a person says otherwise.
    pub held_back: Option<String>,
    /// Campaigns that wait for a permit.
    pub asking: usize,
    /// Calls in flight.
    pub in_flight: u32,
}

impl LineHealth {
    /// Why the line starts nothing now, for those who wait for it.
    pub fn trouble(&self) -> Option<String> {
        if let Some(reason) = &self.held_back {
            return Some(format!("dialling is held: {reason}"));
        }
        let (until, reason) = self.held_until.as_ref()?;
        Some(format!("the line starts nothing before {until}: {reason}"))
    }
}

impl Meter {
    /// A line that has started nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            next_micros: 0,
            held_until: None,
            held_back: None,
            hold: FIRST_HOLD,
            queue: BTreeMap::new(),
            asking: HashMap::new(),
            next_place: 0,
            in_flight: HashMap::new(),
            all_in_flight: 0,
        }
    }

    /// Changes what the line allows.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Starts nothing for this reason, or goes on.
    pub fn hold_back(&mut self, reason: Option<String>) {
        self.held_back = reason;
    }

    /// A campaign asks for one permit. Asking twice is asking once.
    pub fn ask(&mut self, campaign: CampaignId) {
        let place = self.next_place;
        if let Entry::Vacant(asks_not) = self.asking.entry(campaign) {
            asks_not.insert(place);
            self.queue.insert(place, campaign);
            self.next_place += 1;
        }
    }

    /// A campaign says how many of its calls are in flight, which settles its permits.
    pub fn report(&mut self, campaign: CampaignId, in_flight: u32) {
        let before = if in_flight == 0 {
            self.in_flight.remove(&campaign)
        } else {
            self.in_flight.insert(campaign, in_flight)
        };
        self.all_in_flight = self.all_in_flight - before.unwrap_or_default() + in_flight;
    }

    /// A campaign did not use its permit.
    pub fn give_back(&mut self) {
        self.next_micros -= self.interval_micros();
    }

    /// A campaign is gone from memory: it asks no more. What it has in flight stays counted until
    /// its next life reports.
    pub fn forget(&mut self, campaign: CampaignId) {
        if let Some(place) = self.asking.remove(&campaign) {
            self.queue.remove(&place);
        }
    }

    /// Whoever's turn it is, if a start is allowed now.
    pub fn grant(&mut self, now: Timestamp) -> Option<CampaignId> {
        // A clock that was set back leaves the next start no further away than one start.
        self.next_micros = self.next_micros.min(now.millis() * 1000 + self.interval_micros());
        // Nor does it leave the line held for longer than anything holds it.
        if let Some((until, _)) = &mut self.held_until {
            *until = (*until).min(now + LONGEST_HOLD_OF_CARRIER);
        }
        if self.held_back.is_some() || self.asking.is_empty() || self.wait(now) > Millis(0) || self.is_full()
        {
            return None;
        }
        let (_, campaign) = self.queue.pop_first()?;
        self.asking.remove(&campaign);
        self.next_micros = self.next_micros.max(now.millis() * 1000) + self.interval_micros();
        *self.in_flight.entry(campaign).or_default() += 1;
        self.all_in_flight += 1;
        Some(campaign)
    }

    /// When to look again, if somebody waits for time to pass.
    pub fn alarm(&self, now: Timestamp) -> Option<Millis> {
        let may_start = self.held_back.is_none() && !self.asking.is_empty() && !self.is_full();
        may_start.then(|| self.wait(now))
    }

    /// Campaigns that wait for a permit.
    pub fn asking(&self) -> usize {
        self.asking.len()
    }

    /// Whether it would permit a start now, if somebody asked. A line saves nothing up, so one start is all.
    pub fn may_start(&self, now: Timestamp) -> bool {
        self.held_back.is_none() && self.wait(now) <= Millis(0) && !self.is_full()
    }

    /// When that changes by the passing of time alone; `None` where it does not.
    pub fn refills_in(&self, now: Timestamp) -> Option<Millis> {
        let wait = self.wait(now);
        (self.held_back.is_none() && !self.is_full() && wait > Millis(0)).then_some(wait)
    }

    /// The carrier is in trouble, or asks for less.
    pub fn slow(&mut self, now: Timestamp, retry_after: Option<Millis>, reason: String) {
        let by_itself = self.hold.min(self.limits.longest_hold);
        let hold = retry_after
            .unwrap_or(by_itself)
            .clamp(Millis(0), LONGEST_HOLD_OF_CARRIER);
        self.hold = Millis((self.hold.0 * 2).min(LONGEST_HOLD.0));
        let until = now + hold;
        if self.held_until.as_ref().is_none_or(|(held, _)| *held < until) {
            self.held_until = Some((until, reason));
        }
    }

    /// The carrier answers normally.
    pub fn works(&mut self) {
        self.hold = FIRST_HOLD;
    }

    /// What the line shows of itself.
    pub fn health(&self, now: Timestamp) -> LineHealth {
        LineHealth {
            held_until: self.held_until.clone().filter(|(until, _)| *until > now),
            held_back: self.held_back.clone(),
            asking: self.asking.len(),
            in_flight: self.all_in_flight,
        }
    }

    fn is_full(&self) -> bool {
        self.limits
            .max_concurrent
            .is_some_and(|most| self.all_in_flight >= most)
    }

    fn interval_micros(&self) -> i64 {
        (1_000_000.0 / self.limits.calls_per_second) as i64
    }

    fn wait(&self, now: Timestamp) -> Millis {
        let pace = (self.next_micros - now.millis() * 1000).max(0) as u64;
        let pace = Millis(pace.div_ceil(1000) as i64);
        let held = self
            .held_until
            .as_ref()
            .map_or(Millis(0), |(until, _)| *until - now);
        pace.max(held).max(Millis(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn campaign(n: u128) -> CampaignId {
        CampaignId(Uuid::from_u128(n))
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + millis)
    }

    fn meter(calls_per_second: f64, max_concurrent: Option<u32>) -> Meter {
        Meter::new(Limits {
            calls_per_second,
            max_concurrent,
            longest_hold: LONGEST_HOLD,
        })
    }

    #[test]
    fn a_second_has_as_many_starts_as_the_line_allows_and_campaigns_take_turns() {
        let mut meter = meter(10.0, None);
        let mut granted = Vec::new();
        for millis in 0..1000 {
            meter.ask(campaign(1));
            meter.ask(campaign(2));
            granted.extend(meter.grant(at(millis)));
        }
        assert_eq!(granted.len(), 10);
        let turns: Vec<_> = (0..10).map(|turn| campaign(1 + turn % 2)).collect();
        assert_eq!(granted, turns);
    }

    #[test]
    fn a_permit_given_back_is_there_for_the_next() {
        let mut meter = meter(1.0, None);
        meter.ask(campaign(1));
        assert_eq!(meter.grant(at(0)), Some(campaign(1)));
        meter.ask(campaign(2));
        assert_eq!(meter.grant(at(0)), None);
        assert_eq!(meter.alarm(at(0)), Some(Millis(1000)));
        meter.give_back();
        meter.report(campaign(1), 0);
        assert_eq!(meter.grant(at(0)), Some(campaign(2)));
    }

    #[test]
    fn a_full_line_waits_for_a_call_to_end() {
        let mut meter = meter(1000.0, Some(1));
        meter.ask(campaign(1));
        assert_eq!(meter.grant(at(0)), Some(campaign(1)));
        meter.report(campaign(1), 1);
        meter.ask(campaign(2));
        assert_eq!((meter.grant(at(5000)), meter.alarm(at(5000))), (None, None));
        meter.report(campaign(1), 0);
        assert_eq!(meter.grant(at(5000)), Some(campaign(2)));
    }

    #[test]
    fn whoever_left_asks_no_more_and_the_others_keep_their_turns() {
        let mut meter = meter(1000.0, None);
        for n in 1..=4 {
            meter.ask(campaign(n));
        }
        meter.forget(campaign(2));
        meter.ask(campaign(1));
        meter.ask(campaign(2));
        assert_eq!(meter.asking(), 4);
        let granted: Vec<_> = (0..5)
            .filter_map(|second| meter.grant(at(second * 1000)))
            .collect();
        assert_eq!(granted, [1, 3, 4, 2].map(campaign));
        assert_eq!(meter.asking(), 0);
    }

    #[test]
    fn what_is_in_flight_is_the_sum_of_what_campaigns_report() {
        let mut meter = meter(1000.0, None);
        meter.ask(campaign(1));
        assert_eq!(meter.grant(at(0)), Some(campaign(1)));
        assert_eq!(meter.health(at(0)).in_flight, 1);
        for (n, in_flight) in [(1, 3), (2, 5), (1, 2), (3, 0), (2, 0)] {
            meter.report(campaign(n), in_flight);
        }
        assert_eq!(meter.health(at(0)).in_flight, 2);
    }

    #[test]
    fn a_line_that_is_held_back_starts_nothing_until_it_is_let_go() {
        let mut meter = meter(10.0, None);
        meter.hold_back(Some("restored".to_owned()));
        meter.ask(campaign(1));
        assert_eq!((meter.grant(at(0)), meter.alarm(at(0))), (None, None));
        assert_eq!(meter.health(at(0)).held_back.as_deref(), Some("restored"));
        meter.hold_back(None);
        assert_eq!(meter.grant(at(0)), Some(campaign(1)));
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_day_leaves_the_line_held_for_an_hour_at_most() {
        let day = 86_400_000;
        let mut meter = meter(10.0, None);
        meter.slow(at(day), None, "503".to_owned());
        meter.ask(campaign(1));
        assert_eq!(meter.grant(at(0)), None);
        assert_eq!(meter.alarm(at(0)), Some(LONGEST_HOLD_OF_CARRIER));
        assert_eq!(meter.grant(at(LONGEST_HOLD_OF_CARRIER.0)), Some(campaign(1)));
    }

    #[test]
    fn trouble_holds_the_line_for_longer_each_time_until_it_works_again() {
        let mut meter = meter(1000.0, None);
        meter.ask(campaign(1));
        let held = |meter: &mut Meter, now| {
            meter.slow(at(now), None, "429".to_owned());
            meter.alarm(at(now))
        };
        assert_eq!(held(&mut meter, 0), Some(Millis(1000)));
        assert_eq!(held(&mut meter, 10_000), Some(Millis(2000)));
        meter.works();
        assert_eq!(held(&mut meter, 20_000), Some(Millis(1000)));
        meter.slow(at(30_000), Some(Millis(7000)), "429".to_owned());
        assert_eq!(meter.grant(at(36_999)), None);
        assert_eq!(
            meter.health(at(36_999)).held_until,
            Some((at(37_000), "429".to_owned()))
        );
        assert_eq!(meter.grant(at(37_000)), Some(campaign(1)));
    }
}
