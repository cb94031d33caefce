//! How the installation does, for whoever runs it. It names no organization, campaign or number.

use std::time::Duration;

use outdial_actors::measured::Figures as AtWork;
use outdial_domain::time::Timestamp;
use outdial_storage::disk_use::DiskUse;
use outdial_storage::measured::Figures as Stored;
use outdial_storage::recent::{Spread, WINDOW};
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};

/// How the installation does.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct SystemView {
    /// Which outdial it is.
    version: &'static str,
    /// When it was started.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    started_at: Timestamp,
    /// How long ago that was.
    uptime_seconds: u64,
    /// Whether the store takes writes.
    ready: bool,
    /// Why it does not; `null` where it does.
    not_ready_reason: Option<String>,
    /// Why dialling is held, as in a restored store until it is released; `null` where it is not.
    held: Option<String>,
    /// Whether `POST /demo` makes demos.
    demo: bool,
    /// What `p50`, `p99`, `max` and `count` are about: the last so many seconds.
    window_seconds: u64,
    store: StoreFiguresView,
    timers: TimersView,
    campaigns: CampaignsAtWorkView,
    /// Streams of events that are open, over all organizations.
    event_streams_open: u64,
    lines: LinesAtWorkView,
    /// Calls requested of carriers since the start.
    dials_requested: u64,
}

/// The store on disk.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct StoreFiguresView {
    /// The directory in which it lies.
    path: String,
    /// Bytes that it takes there; `null` where the disk does not say.
    bytes_on_disk: Option<u64>,
    /// Bytes that are free on that disk; `null` where it does not say.
    free_bytes: Option<u64>,
    /// Changes that became durable since the start.
    commits: u64,
    /// Seconds from giving a change to the store until it is durable.
    commit_seconds: SpreadView,
}

/// What is due at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct TimersView {
    /// Seconds that campaigns' alarms fired later than they were due.
    late_seconds: SpreadView,
}

/// Campaigns at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct CampaignsAtWorkView {
    /// Campaigns in memory. The others are asleep on disk until something is due.
    awake: u64,
    /// Requests, callbacks and alarms that are on their way to campaigns.
    queued_inputs: u64,
}

/// Lines at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct LinesAtWorkView {
    /// Campaigns that wait until their line may start a call, over all lines.
    campaigns_waiting: u64,
}

/// How durations of the last `window_seconds` are spread, in seconds; `null` where there were none. Percentiles are
/// rounded up, by an eighth at most.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct SpreadView {
    /// What half of them do not exceed.
    p50: Option<f64>,
    /// What all but one in a hundred do not exceed.
    p99: Option<f64>,
    /// The longest.
    max: Option<f64>,
    /// How many there were.
    count: u64,
}

/// What is known of an installation.
pub(crate) struct SystemState {
    pub(crate) started_at: Timestamp,
    pub(crate) uptime: Duration,
    pub(crate) readiness: Result<(), String>,
    pub(crate) held: Option<String>,
    pub(crate) demo: bool,
    pub(crate) store_path: String,
    pub(crate) disk: DiskUse,
    pub(crate) stored: Option<Stored>,
    pub(crate) at_work: AtWork,
    pub(crate) event_streams: u64,
}

/// Shows how an installation does.
pub(crate) fn system_view(state: SystemState) -> SystemView {
    let (stored, at_work) = (state.stored, state.at_work);
    SystemView {
        version: env!("CARGO_PKG_VERSION"),
        started_at: state.started_at,
        uptime_seconds: state.uptime.as_secs(),
        ready: state.readiness.is_ok(),
        not_ready_reason: state.readiness.err(),
        held: state.held,
        demo: state.demo,
        window_seconds: WINDOW.as_secs(),
        store: StoreFiguresView {
            path: state.store_path,
            bytes_on_disk: state.disk.taken,
            free_bytes: state.disk.free,
            commits: stored.map_or(0, |stored| stored.commits),
            commit_seconds: spread_view(stored.map(|stored| stored.commit).unwrap_or_default()),
        },
        timers: TimersView {
            late_seconds: spread_view(at_work.timer_late),
        },
        campaigns: CampaignsAtWorkView {
            awake: at_work.awake,
            queued_inputs: at_work.routed,
        },
        event_streams_open: state.event_streams,
        lines: LinesAtWorkView {
            campaigns_waiting: at_work.asking,
        },
        dials_requested: at_work.dials,
    }
}

fn spread_view(spread: Spread) -> SpreadView {
    let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs_f64());
    SpreadView {
        p50: seconds(spread.p50),
        p99: seconds(spread.p99),
        max: seconds(spread.max),
        count: spread.count,
    }
}
