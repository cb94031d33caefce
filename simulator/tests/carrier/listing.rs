use chrono::{Days, Utc};
use serde_json::{Value, json};

use crate::world::{TO, World, sid};

const OTHER: &str = "+15551230003";

async fn list(world: &World, query: &str) -> Value {
    let response = world.get(&format!("Calls.json?{query}")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn sids(page: &Value) -> Vec<String> {
    page["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| sid(call).to_owned())
        .collect()
}

#[tokio::test]
async fn a_list_is_newest_first_and_its_pages_follow_until_null() {
    let world = World::with(&json!({}));
    let mut created = Vec::new();
    for number in 0..7 {
        created.push(sid(&world.dial(TO, &format!("/{number}")).await).to_owned());
    }
    created.reverse();
    let mut page = list(&world, "PageSize=3&To=%2B15551230002").await;
    let mut found = sids(&page);
    let mut pages = 1;
    // A call that comes in between must not shift the pages.
    world.dial(TO, "/late").await;
    while let Some(next) = page["next_page_uri"].as_str() {
        assert!(next.starts_with("/2010-04-01/Accounts/"), "{next}");
        let (_, query) = next.split_once('?').unwrap();
        page = list(&world, query).await;
        found.extend(sids(&page));
        pages += 1;
    }
    assert_eq!(found, created);
    assert_eq!(pages, 3);
    assert_eq!(page["page"], 2);
    assert_eq!(page["page_size"], 3);
}

#[tokio::test]
async fn a_full_last_page_has_no_next_one() {
    let world = World::with(&json!({}));
    for _ in 0..4 {
        world.dial(TO, "/status").await;
    }
    let page = list(&world, "PageSize=4").await;
    assert_eq!(sids(&page).len(), 4);
    assert_eq!(page["next_page_uri"], Value::Null);
}

#[tokio::test]
async fn a_list_is_filtered_by_both_numbers_and_the_status() {
    let world = World::with(&json!({ "overrides": { OTHER: "busy" } }));
    let first = world.dial(TO, "/1").await;
    let second = world.dial(OTHER, "/2").await;
    world.fetch_when(sid(&first), "completed").await;
    world.fetch_when(sid(&second), "busy").await;
    assert_eq!(sids(&list(&world, "To=%2B15551230003").await), [sid(&second)]);
    assert_eq!(sids(&list(&world, "Status=completed").await), [sid(&first)]);
    assert_eq!(sids(&list(&world, "From=%2B15551230001").await).len(), 2);
    assert_eq!(sids(&list(&world, "From=%2B15551239999").await).len(), 0);
    assert_eq!(
        sids(&list(&world, "To=%2B15551230003&Status=completed").await).len(),
        0
    );
}

#[tokio::test]
async fn start_times_are_compared_by_day_and_a_queued_call_has_none() {
    let world = World::with(&json!({ "calls_per_second": 0.01 }));
    let started = world.dial(TO, "/1").await;
    let queued = world.dial(TO, "/2").await;
    world.fetch_when(sid(&started), "completed").await;
    assert_eq!(world.fetch(sid(&queued)).await["start_time"], Value::Null);
    let today = Utc::now().date_naive();
    let tomorrow = today + Days::new(1);
    let yesterday = today - Days::new(1);
    let midnight_proof = list(&world, &format!("StartTime%3E={yesterday}")).await;
    assert_eq!(sids(&midnight_proof), [sid(&started)]);
    assert_eq!(
        sids(&list(&world, &format!("StartTime>={yesterday}T23:59:59Z")).await),
        [sid(&started)]
    );
    assert_eq!(
        sids(&list(&world, &format!("StartTime%3C={tomorrow}")).await),
        [sid(&started)]
    );
    assert_eq!(
        sids(&list(&world, &format!("StartTime%3E={}", tomorrow + Days::new(1))).await).len(),
        0
    );
    assert_eq!(world.get("Calls.json?StartTime%3E=now").await.status(), 400);
}

#[tokio::test]
async fn a_broken_page_token_is_refused() {
    let world = World::with(&json!({}));
    assert_eq!(world.get("Calls.json?PageToken=PAnothing").await.status(), 400);
}
