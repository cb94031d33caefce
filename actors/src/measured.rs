//! What campaigns and lines tell of themselves through the `metrics` facade: figures of the whole program, which name
//! no organization, campaign or number. Whoever installs a recorder does so before [`crate::handle::Handle::start`].
//! What [`Figures`] says is kept without one as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Unit};
use outdial_domain::attempt::Outcome;
use outdial_domain::step::Event;
use outdial_domain::time::Millis;
use outdial_storage::recent::{Recent, Spread};

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

/// What campaigns and lines tell whoever asks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Calls requested of carriers since the start.
    pub dials: u64,
    /// How much later than due the alarms of the last minutes fired.
    pub timer_late: Spread,
    /// Campaigns in memory.
    pub awake: u64,
    /// Inputs on their way to the campaigns.
    pub routed: u64,
    /// Campaigns that wait for a permit of their line.
    pub asking: u64,
}

/// A gauge that is known here as well.
pub(crate) struct Level {
    gauge: Gauge,
    now: AtomicI64,
}

impl Level {
    fn new(gauge: Gauge) -> Self {
        Self {
            gauge,
            now: AtomicI64::new(0),
        }
    }

    pub(crate) fn rise(&self, by: i64) {
        self.now.fetch_add(by, Ordering::Relaxed);
        self.gauge.increment(by as f64);
    }

    pub(crate) fn fall(&self, by: i64) {
        self.rise(-by);
    }

    fn now(&self) -> u64 {
        // What falls may be heard of a moment before it rose.
        self.now.load(Ordering::Relaxed).try_into().unwrap_or(0)
    }
}

/// The handles, made once and shared.
#[derive(Clone)]
pub(crate) struct Measured(Arc<Handles>);

pub(crate) struct Handles {
    dials: Counter,
    dialled: AtomicU64,
    ended: [Counter; Outcome::ALL.len()],
    timer_late: Histogram,
    recently_late: Recent,
    pub(crate) awake: Level,
    pub(crate) routed: Level,
    asking: Level,
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
            dialled: AtomicU64::new(0),
            ended: Outcome::ALL.map(|outcome| metrics::counter!(ENDED, "outcome" => outcome.name())),
            timer_late: metrics::histogram!(TIMER_LATE),
            recently_late: Recent::default(),
            awake: Level::new(metrics::gauge!(AWAKE)),
            routed: Level::new(metrics::gauge!(ROUTED)),
            asking: Level::new(metrics::gauge!(ASKING)),
            tokens: metrics::gauge!(TOKENS),
            permits: metrics::counter!(PERMITS),
            slowed: metrics::counter!(SLOWED),
        }))
    }

    /// A call is requested of its carrier.
    pub(crate) fn dials(&self) {
        self.dialled.fetch_add(1, Ordering::Relaxed);
        self.0.dials.increment(1);
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
        let late = Duration::from_millis(late.0.max(0).unsigned_abs());
        self.recently_late.record(late);
        self.timer_late.record(late);
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures {
            dials: self.dialled.load(Ordering::Relaxed),
            timer_late: self.recently_late.spread(),
            awake: self.awake.now(),
            routed: self.routed.now(),
            asking: self.asking.now(),
        }
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
    asking: i64,
    tokens: f64,
}

impl LineShare {
    pub(crate) fn new(measured: Measured) -> Self {
        Self {
            measured,
            asking: 0,
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
        let (asking, tokens) = (asking as i64, f64::from(u8::from(may_start)));
        self.measured.asking.rise(asking - self.asking);
        self.measured.tokens.increment(tokens - self.tokens);
        (self.asking, self.tokens) = (asking, tokens);
    }
}

impl Drop for LineShare {
    fn drop(&mut self) {
        self.is(0, false);
    }
}
