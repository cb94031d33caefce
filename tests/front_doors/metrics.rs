//! The figures for Prometheus: they are text that Prometheus reads, they equal the ledger, and they name nobody.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{Service, carrier, people, problem, until};

type Labels = BTreeMap<String, String>;

/// What a scrape says, read as strictly as Prometheus' text format 0.0.4 is written.
struct Figures {
    kinds: BTreeMap<String, String>,
    samples: Vec<(String, Labels, f64)>,
}

impl Figures {
    fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line is ended");
        let mut figures = Self {
            kinds: BTreeMap::new(),
            samples: Vec::new(),
        };
        let (mut helped, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(is_name(name) && !help.is_empty(), "{line}");
                assert!(helped.insert(name.to_owned()), "twice: {line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(
                    figures.kinds.insert(name.to_owned(), kind.to_owned()).is_none(),
                    "twice: {line}"
                );
            } else {
                assert!(!line.starts_with('#'), "{line}");
                let (name, labels, value) = sample(line);
                assert!(seen.insert((name.clone(), labels.clone())), "twice: {line}");
                assert!(
                    figures.kinds.contains_key(figures.family(&name)),
                    "no type before {line}"
                );
                figures.samples.push((name, labels, value));
            }
        }
        for (name, kind) in &figures.kinds {
            assert!(helped.contains(name), "{name} is not explained");
            assert!(name.starts_with("outdial_"), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        }
        figures.check_histograms();
        figures
    }

    /// The family that a sample belongs to.
    fn family<'n>(&self, name: &'n str) -> &'n str {
        let parts = ["_bucket", "_sum", "_count"];
        let stems = parts.iter().filter_map(|part| name.strip_suffix(part));
        let is_histogram = |stem: &&str| self.kinds.get(*stem).is_some_and(|kind| kind == "histogram");
        stems.into_iter().find(is_histogram).unwrap_or(name)
    }

    /// Buckets never shrink, the last is infinite, and it equals the count.
    fn check_histograms(&self) {
        let mut buckets: BTreeMap<(String, Labels), Vec<(f64, f64)>> = BTreeMap::new();
        for (name, labels, value) in &self.samples {
            if let Some(stem) = name.strip_suffix("_bucket") {
                let mut rest = labels.clone();
                let bound = rest.remove("le").unwrap();
                let bound = if bound == "+Inf" {
                    f64::INFINITY
                } else {
                    bound.parse().unwrap()
                };
                buckets
                    .entry((stem.to_owned(), rest))
                    .or_default()
                    .push((bound, *value));
            }
        }
        for ((stem, labels), buckets) in buckets {
            assert!(buckets.is_sorted(), "{stem} {labels:?}: {buckets:?}");
            let (bound, last) = *buckets.last().unwrap();
            let count = self
                .samples
                .iter()
                .find(|(name, of, _)| *name == format!("{stem}_count") && *of == labels);
            assert_eq!(
                (bound, last),
                (f64::INFINITY, count.unwrap().2),
                "{stem} {labels:?}"
            );
        }
    }

    /// The sum of a family's samples that have these labels.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |of: &Labels| {
            labels
                .iter()
                .all(|(key, value)| of.get(*key).is_some_and(|is| is == value))
        };
        let mut found = self
            .samples
            .iter()
            .filter(|(of, labels, _)| of == name && has(labels))
            .peekable();
        assert!(found.peek().is_some(), "there is no {name} {labels:?}");
        found.map(|(_, _, value)| value).sum()
    }
}

fn is_name(name: &str) -> bool {
    let rest = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    rest && !name.is_empty() && !name.as_bytes()[0].is_ascii_digit()
}

/// `name{label="value",…} number`
fn sample(line: &str) -> (String, Labels, f64) {
    let (named, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap();
    let Some((name, labels)) = named.split_once('{') else {
        assert!(is_name(named), "{line}");
        return (named.to_owned(), Labels::new(), value);
    };
    assert!(is_name(name), "{line}");
    let mut rest = labels.strip_suffix('}').unwrap();
    let mut labels = Labels::new();
    while !rest.is_empty() {
        let (label, behind) = rest.split_once("=\"").unwrap();
        let (value, behind) = behind.split_once('"').unwrap();
        assert!(is_name(label) && !value.contains('\\'), "{line}");
        assert!(
            labels.insert(label.to_owned(), value.to_owned()).is_none(),
            "{line}"
        );
        rest = match behind.strip_prefix(',') {
            Some(more) => {
                assert!(!more.is_empty(), "{line}");
                more
            }
            None => {
                assert!(behind.is_empty(), "{line}");
                behind
            }
        };
    }
    (name.to_owned(), labels, value)
}

async fn scrape(service: &Service) -> (String, Figures) {
    let answer = service.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text().await.unwrap();
    let figures = Figures::read(&text);
    (text, figures)
}

#[tokio::test]
async fn after_a_campaign_the_figures_equal_its_ledger_and_name_nobody() {
    let behaviour = json!({
        "outcomes": {"completed": 4, "busy": 2, "no-answer": 2, "machine": 1, "failed": 1},
        "ring_seconds": 1, "call_seconds": 10, "faults": {"duplicate_callback": 0.2},
    });
    let carrier = carrier(50.0, 7, &behaviour);
    let (service, line) = Service::with_line(&carrier).await;
    let (_, before) = scrape(&service).await;
    assert_eq!(
        before.sum("outdial_dials_requested_total", &[]),
        0.0,
        "it is there from the start"
    );
    let more = json!({"contacts": people(60), "retry": {"max_retries": 1, "backoff_seconds": [1]}});
    let id = service.running(&line, more).await;
    service.ended(&id).await;
    let attempts = service.attempts(&id).await;
    assert!(attempts.len() > 60, "some were tried again");
    let (text, figures) = until("the last event is counted", async || {
        let (text, figures) = scrape(&service).await;
        let ended = figures.sum("outdial_attempts_ended_total", &[]);
        (ended == attempts.len() as f64).then_some((text, figures))
    })
    .await;
    assert_eq!(
        figures.sum("outdial_dials_requested_total", &[]),
        attempts.len() as f64
    );
    assert_eq!(
        figures.sum("outdial_dials_requested_total", &[]),
        carrier.summary().carrier_requests as f64
    );
    for outcome in [
        "completed",
        "busy",
        "no-answer",
        "failed",
        "canceled",
        "machine",
        "refused",
        "lost",
    ] {
        let in_ledger = attempts
            .iter()
            .filter(|attempt| attempt["outcome"] == outcome)
            .count();
        let counted = figures.sum("outdial_attempts_ended_total", &[("outcome", outcome)]);
        assert_eq!(counted, in_ledger as f64, "{outcome}");
    }
    assert!(figures.sum("outdial_line_permits_total", &[]) >= attempts.len() as f64);
    let taken = [("kind", "status"), ("result", "taken")];
    let callbacks = figures.sum("outdial_callbacks_total", &taken);
    assert!(callbacks >= 2.0 * attempts.len() as f64, "{callbacks}");
    // The simulated carrier states when things happened, as the real one does.
    assert!(figures.sum("outdial_callback_lag_seconds_count", &[]) >= callbacks);
    assert_eq!(
        figures.sum("outdial_callback_seconds_count", &[("kind", "status")]),
        figures.sum("outdial_callbacks_total", &[("kind", "status")])
    );
    assert_eq!(figures.sum("outdial_store_up", &[]), 1.0);
    let rows = figures.sum("outdial_store_sync_rows_sum", &[]);
    assert!(rows >= 3.0 * attempts.len() as f64, "{rows}");
    assert!(figures.sum("outdial_store_commit_seconds_count", &[]) >= attempts.len() as f64);
    assert!(figures.sum("outdial_timer_late_seconds_count", &[]) > 0.0);
    let created = [
        ("route", "/api/v1/campaigns"),
        ("method", "POST"),
        ("class", "2xx"),
    ];
    assert_eq!(figures.sum("outdial_http_requests_total", &created), 1.0);
    let known = ["outcome", "kind", "result", "method", "route", "class", "le"];
    for (name, labels, _) in &figures.samples {
        for (label, value) in labels {
            assert!(known.contains(&label.as_str()), "{name} has a label {label}");
            let digits = value.bytes().filter(u8::is_ascii_digit).count();
            assert!(label == "le" || digits < 2, "{name} {label} {value}");
        }
    }
    for word in [id.as_str(), line.as_str(), "5550", "secret", "odk_"] {
        assert!(!text.contains(word), "{word} is told to everybody");
    }
}

#[tokio::test]
async fn at_rest_nothing_is_queued_and_the_line_could_start_a_call() {
    let carrier = carrier(100.0, 8, &json!({"outcomes": {"busy": 1}, "ring_seconds": 1}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(20)})).await;
    service.ended(&id).await;
    until("everything is at rest", async || {
        let (_, figures) = scrape(&service).await;
        let is = |name: &str| figures.sum(name, &[]);
        let at_rest = is("outdial_store_queued_batches") == 0.0
            && is("outdial_supervisor_queued_inputs") == 0.0
            && is("outdial_line_campaigns_waiting") == 0.0
            && is("outdial_line_tokens_available") == 1.0
            && is("outdial_event_streams_open") == 0.0
            && is("outdial_campaigns_awake") == 0.0;
        at_rest.then_some(())
    })
    .await;
}

#[tokio::test]
async fn strangers_paths_and_callbacks_make_no_new_labels() {
    let service = Service::started().await;
    for path in [
        "/wp-login.php",
        "/api/v1/nothing/+12025550123",
        "/webhooks/twilio/x/inbound",
    ] {
        service
            .request(Method::POST, path)
            .body("a=b")
            .send()
            .await
            .unwrap();
    }
    let odd = Method::from_bytes(b"BREW").unwrap();
    service.request(odd, "/healthz").send().await.unwrap();
    let (text, figures) = scrape(&service).await;
    assert!(
        !text.contains("wp-login") && !text.contains("12025550123") && !text.contains("BREW"),
        "{text}"
    );
    assert_eq!(
        figures.sum("outdial_http_requests_total", &[("route", "none")]),
        2.0
    );
    assert_eq!(
        figures.sum("outdial_http_requests_total", &[("method", "other")]),
        1.0
    );
    let refused = figures.sum("outdial_callbacks_total", &[("kind", "inbound")]);
    assert_eq!(refused, 1.0);
    let wrong = service.request(Method::POST, "/metrics").send().await.unwrap();
    assert_eq!(problem(wrong).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn told_not_to_the_service_shows_no_figures() {
    let mut service = Service::new();
    let child = service
        .command()
        .arg("serve")
        .env("OUTDIAL_METRICS", "false")
        .spawn()
        .unwrap();
    service.adopt(child);
    service.ready().await;
    let answer = service.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
}
