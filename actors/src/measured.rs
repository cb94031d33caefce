//! What campaigns and lines tell of themselves through the `metrics` facade: figures of the whole program, which name
//! no organization, campaign or number. Whoever installs a recorder does so before [`crate::handle::Handle::start`];
//! without one nothing is kept.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Unit};
use outdial_domain::attempt::Outcome;
use outdial_domain::step::Event;
use outdial_domain::time::Millis;

/// Calls requested of carriers.
pub const DIALS: &str = "outdial_dials_requested_total";
/// Attempts that are over, by `outcome`.
pub const ENDED: &str = "outdial_attempts_ended_total";
/// How much later than due an alarm fired: seconds.
pub const TIMER_LATE: &str = "outdial_timer_late_seconds";
/// Campaigns in memory.
pub const AWAKE: &str = "outdial_campaigns_awake";
/// Inputs on their way to the campaigns.
pub const ROUTED: &str = "outdial_supervisor_queued_inputs";
/// Campaigns that wait for a permit of their line.
pub const ASKING: &str = "outdial_line_campaigns_waiting";
/// Starts that lines would permit at once, over all lines.
pub const TOKENS: &str = "outdial_line_tokens_available";
/// Permits that lines gave.
pub const PERMITS: &str = "outdial_line_permits_total";
/// How often a carrier's trouble slowed a line down.
pub const SLOWED: &str = "outdial_line_slowed_total";

/// The handles, made once and shared.
#[derive(Clone)]
pub(crate) struct Measured(Arc<Handles>);

pub(crate) struct Handles {
    pub(crate) dials: Counter,
    ended: [Counter; Outcome::ALL.len()],
    timer_late: Histogram,
    pub(crate) awake: Gauge,
    pub(crate) routed: Gauge,
    pub(crate) asking: Gauge,
    pub(crate) tokens: Gauge,
    pub(crate) permits: Counter,
    pub(crate) slowed: Counter,
}

impl Measured {
    pub(crate) fn new() -> Self {
        metrics::describe_counter!(DIALS, "Calls requested of carriers");
        metrics::describe_counter!(ENDED, "Attempts that are over, by outcome");
        metrics::describe_histogram!(
            TIMER_LATE,
            Unit::Seconds,
            "How much later than due an alarm fired"
        );
        metrics::describe_gauge!(AWAKE, "Campaigns in memory");
        metrics::describe_gauge!(ROUTED, "Inputs on their way to the campaigns");
        metrics::describe_gauge!(ASKING, "Campaigns that wait for a permit of their line");
        metrics::describe_gauge!(TOKENS, "Starts that lines would permit at once, over all lines");
        metrics::describe_counter!(PERMITS, "Permits to start a call that lines gave");
        metrics::describe_counter!(SLOWED, "How often a carrier's trouble slowed a line down");
        Self(Arc::new(Handles {
            dials: metrics::counter!(DIALS),
            ended: Outcome::ALL.map(|outcome| metrics::counter!(ENDED, "outcome" => outcome.name())),
            timer_late: metrics::histogram!(TIMER_LATE),
            awake: metrics::gauge!(AWAKE),
            routed: metrics::gauge!(ROUTED),
            asking: metrics::gauge!(ASKING),
            tokens: metrics::gauge!(TOKENS),
            permits: metrics::counter!(PERMITS),
            slowed: metrics::counter!(SLOWED),
        }))
    }

    /// An event that is durable.
    pub(crate) fn happened(&self, event: &Event) {
        if let Event::Attempt { state, .. } = event
            && let Some(outcome) = state.outcome()
        {
            let known = Outcome::ALL.iter().zip(&self.ended);
            for (_, counter) in known.filter(|(known, _)| **known == outcome) {
                counter.increment(1);
            }
        }
    }

    /// An alarm fired so much later than it was due.
    pub(crate) fn fired(&self, late: Millis) {
        self.timer_late
            .record(Duration::from_millis(late.0.max(0).unsigned_abs()));
    }
}

impl std::ops::Deref for Measured {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

/// One line's part in the gauges over all lines: it is taken back when the line leaves memory.
pub(crate) struct LineShare {
    measured: Measured,
    asking: f64,
    tokens: f64,
}

impl LineShare {
    pub(crate) fn new(measured: Measured) -> Self {
        Self {
            measured,
            asking: 0.0,
            tokens: 0.0,
        }
    }

    pub(crate) fn granted(&self) {
        self.measured.permits.increment(1);
    }

    pub(crate) fn slowed(&self) {
        self.measured.slowed.increment(1);
    }

    /// The line is so now.
    pub(crate) fn is(&mut self, asking: usize, may_start: bool) {
        let tokens = f64::from(u8::from(may_start));
        self.measured.asking.increment(asking as f64 - self.asking);
        self.measured.tokens.increment(tokens - self.tokens);
        (self.asking, self.tokens) = (asking as f64, tokens);
    }
}

impl Drop for LineShare {
    fn drop(&mut self) {
        self.is(0, false);
    }
}
