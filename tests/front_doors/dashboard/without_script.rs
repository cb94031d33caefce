//! Every page is whole without script: what is needed each day works in a browser that runs none.

use serde_json::json;

use super::browser::Browser;
use crate::service::{OWNER_KEY, Service, carrier, people};

#[tokio::test]
async fn signing_in_starting_and_pausing_need_no_script() {
    let calls = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20});
    let carrier = carrier(20.0, 6, &calls);
    let (service, line) = Service::with_line(&carrier).await;
    let pacing = json!({"max_concurrent": 2, "per_minute": 120});
    let draft = service
        .draft(
            &line,
            json!({"name": "By hand", "contacts": people(60), "pacing": pacing}),
        )
        .await;
    let id = draft["id"].as_str().unwrap();
    let Some(browser) = Browser::without_script(&service).await else {
        return;
    };
    browser.sign_in(OWNER_KEY).await;
    assert!(!browser.has("details#menu[open]").await, "no script has run");
    browser.click("#menu summary").await;
    browser.find("#menu a[href='/dashboard/campaigns']").await;
    browser.visit("/dashboard/campaigns").await;
    browser.click(&format!("#start-{id}")).await;
    browser.reads("“By hand” is running.").await;
    browser
        .path_that("the page of before is shown", |path| {
            path == "/dashboard/campaigns"
        })
        .await;
    service
        .campaign_that(id, "it runs", |campaign| campaign["status"] == "running")
        .await;
    browser.click(&format!("#pause-{id}")).await;
    browser.reads("Paused: nothing is dialled from now on.").await;
    assert_eq!(service.campaign(id).await["status"], "paused");
    browser.click(&format!("#resume-{id}")).await;
    browser.reads("“By hand” is running.").await;
    browser.click(".who form button").await;
    browser
        .path_that("they are signed out", |path| path == "/dashboard/sign-in")
        .await;
}
