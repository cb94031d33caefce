//! What an empty store shows: the way to a campaign that runs.

use super::browser::Browser;
use crate::service::Service;

#[tokio::test]
async fn three_clicks_lead_from_an_empty_store_to_a_demo_campaign_that_runs() {
    let service = Service::started().await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    browser.reads("Nobody has been called yet").await;
    browser.press("Try a demo").await;
    browser.press("Create the demo").await;
    browser.press("Start").await;
    browser.reads("is running.").await;
    let campaigns = service.all("/campaigns").await;
    assert_eq!(campaigns.len(), 1);
    let id = campaigns[0]["id"].as_str().unwrap();
    service
        .campaign_that(id, "somebody was reached", |campaign| {
            campaign["counters"]["completed"].as_u64() > Some(0)
        })
        .await;
    assert_eq!(browser.mistakes().await, [""; 0]);
}
