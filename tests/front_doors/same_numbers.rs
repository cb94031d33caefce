//! Campaigns that share numbers, judged by the carrier's own books.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::service::{Service, carrier, people, until};

#[tokio::test]
async fn two_campaigns_with_the_same_numbers_never_ring_one_of_them_at_once() {
    const CONTACTS: usize = 12;
    let behaviour = json!({"outcomes": {"completed": 1}, "ring_seconds": 2, "call_seconds": 20});
    let carrier = carrier(20.0, 8, &behaviour);
    let (mut service, line) = Service::with_line(&carrier).await;
    let unknown = json!({"wait_seconds": 1, "then": "lost"});
    let more = json!({"contacts": people(CONTACTS), "unknown": unknown});
    let (one, other) = (
        service.running(&line, more.clone()).await,
        service.running(&line, more).await,
    );
    let why = "another attempt of the organization is calling this number";
    until("somebody waits for the other campaign", async || {
        let contacts = service.contacts(&other).await;
        let waits = contacts.iter().any(|contact| contact["status_reason"] == why);
        waits.then_some(())
    })
    .await;
    service.kill();
    service.start().await;
    for campaign in [&one, &other] {
        let ended = service.ended(campaign).await;
        assert_eq!(ended["counters"]["total"], CONTACTS);
        let done = &ended["counters"];
        assert_eq!(
            done["completed"].as_u64().unwrap() + done["failed"].as_u64().unwrap(),
            CONTACTS as u64,
            "{ended}"
        );
    }
    let at = |time: &Option<String>| time.as_deref().unwrap().parse::<DateTime<Utc>>().unwrap();
    let mut ends: HashMap<String, DateTime<Utc>> = HashMap::new();
    let books = carrier.books();
    for call in &books.calls {
        let created = at(&Some(call.created_at.clone()));
        let before = ends.insert(call.to.clone(), at(&call.ended_at));
        assert!(
            before.is_none_or(|end| end <= created),
            "{} was rung by both at once",
            call.to
        );
    }
    assert_eq!(books.summary.dialled_twice, 0);
}
