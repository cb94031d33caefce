//! Figures for Prometheus. The rest of the program speaks to the `metrics` facade; here is who listens when outdial
//! runs as a service. A program that embeds outdial installs a recorder of its own, before it starts one.
//!
//! No figure names an organization, a campaign, an attempt or a number. The families:
//! `outdial_dials_requested_total`, `outdial_attempts_ended_total{outcome}`, `outdial_timer_late_seconds`,
//! `outdial_campaigns_awake`, `outdial_supervisor_queued_inputs`, `outdial_line_…` (see `outdial_actors::measured`);
//! `outdial_store_…` (`outdial_storage::measured`); `outdial_callbacks_total{kind,result}`,
//! `outdial_callback_seconds{kind}`, `outdial_callback_lag_seconds`; `outdial_http_requests_total{method,route,class}`,
//! `outdial_http_request_seconds{method,route}`, `outdial_event_streams_open`.

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use outdial_storage::measured::SYNC_ROWS;

/// What is recorded waits in memory until it is asked for, or for this long.
const UPKEEP: Duration = Duration::from_secs(5);
/// Bounds of what is measured in seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
];
/// Bounds of how many rows one sync covers.
const ROWS: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16_384.0];

/// Installs the recorder of this process; `None` where there is one already.
pub(crate) fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(SYNC_ROWS.to_owned()), &ROWS));
    let recorder = builder.expect("the bounds are not empty").build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    Some(handle)
}

/// Keeps what is recorded small where nobody asks for it. Never ends.
pub(crate) async fn keep_small(figures: PrometheusHandle) {
    loop {
        actix_web::rt::time::sleep(UPKEEP).await;
        figures.run_upkeep();
    }
}
