//! `GET /metrics`: figures for Prometheus, for anybody who can reach the service, so they name nobody. And what is
//! measured and logged of each request, by the route's pattern: a path may hold ids and numbers, a query secrets.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::{self, ServiceConfig};
use metrics::{Counter, Gauge, Histogram, Unit};
use metrics_exporter_prometheus::PrometheusHandle;

use super::resource;

/// Requests answered, by `method`, `route` and `class` of the status.
const REQUESTS: &str = "outdial_http_requests_total";
/// How long the beginning of an answer took, by `method` and `route`.
const SECONDS: &str = "outdial_http_request_seconds";
/// Event streams that are open.
const STREAMS: &str = "outdial_event_streams_open";
/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The route of a request that is for none.
const NO_ROUTE: &str = "none";

/// `/metrics` over these figures.
pub(crate) fn routes(figures: PrometheusHandle) -> impl Fn(&mut ServiceConfig) {
    describe();
    move |config| {
        let figures = figures.clone();
        let show = move || {
            let text = figures.render();
            async move { HttpResponse::Ok().content_type(TEXT).body(text) }
        };
        config.service(resource("/metrics", [(Method::GET, web::get().to(show))]));
    }
}

fn describe() {
    metrics::describe_counter!(
        REQUESTS,
        "Requests answered, by method, route and class of the status"
    );
    metrics::describe_histogram!(SECONDS, Unit::Seconds, "How long the beginning of an answer took");
    metrics::describe_gauge!(STREAMS, "Event streams that are open");
    metrics::gauge!(STREAMS).set(0.0);
}

/// An event stream that is open, until it is dropped.
pub(crate) struct OpenStream(Gauge);

impl OpenStream {
    pub(crate) fn new() -> Self {
        let open = metrics::gauge!(STREAMS);
        open.increment(1.0);
        Self(open)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The handles of one route: requests by class, and how long they took.
struct Route {
    classes: [Counter; 5],
    seconds: Histogram,
}

impl Route {
    fn new(method: &'static str, route: &str) -> Self {
        let counter = |class: &'static str| metrics::counter!(REQUESTS, "method" => method, "route" => route.to_owned(), "class" => class);
        Self {
            classes: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            seconds: metrics::histogram!(SECONDS, "method" => method, "route" => route.to_owned()),
        }
    }
}

thread_local! {
    /// Routes that this thread has answered for; there are as many as are registered.
    static ROUTES: RefCell<HashMap<(String, &'static str), Route>> = RefCell::default();
}

/// Measures a request and logs it.
pub(crate) async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let response = next.call(request).await?;
    let took = begun.elapsed();
    let request = response.request();
    let status = response.status().as_u16();
    let method = name_of(request.method());
    let route = request.match_pattern().unwrap_or_else(|| NO_ROUTE.to_owned());
    let ids = request.match_info();
    let campaign = ids.get("id").filter(|_| route.starts_with("/api/v1/campaigns/"));
    let attempt = ids.get("attempt_id");
    tracing::debug!(
        method,
        route,
        status,
        campaign,
        attempt,
        seconds = took.as_secs_f64(),
        "answered"
    );
    let class = usize::from(status / 100).clamp(1, 5) - 1;
    ROUTES.with_borrow_mut(|routes| {
        let handles = routes
            .entry((route, method))
            .or_insert_with_key(|(route, method)| Route::new(method, route));
        handles.classes[class].increment(1);
        handles.seconds.record(took);
    });
    Ok(response)
}

/// Methods are strangers' words: what is not known is one.
fn name_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
