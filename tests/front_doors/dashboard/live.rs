//! What a page shows of what goes on while it is open: without being loaded again, and over a lost connection.

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::sessions::Session;
use crate::service::{OWNER_KEY, Service, carrier, people};

/// Leaves a mark that a page which is loaded again does not have, and writes down whatever the progress shows.
const WATCH: &str = "
    window.__mark = 'the same page';
    window.__seen = [];
    const look = () => {
        const bar = document.querySelector('main progress');
        if (bar) window.__seen.push(bar.value / bar.max);
    };
    look();
    new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});";

async fn is_same_page(browser: &Browser) -> bool {
    let mark: Value = browser.js("return window.__mark ?? null", Vec::new()).await;
    mark == "the same page"
}

/// Waits until the page says that all of a campaign is done.
pub async fn done(browser: &Browser, campaign: &str) {
    let script = "
        const bar = document.getElementById(arguments[0]);
        const badges = [...document.querySelectorAll('main .badge')].map(({textContent}) => textContent);
        return bar !== null && bar.value === bar.max && badges.includes('completed');";
    let bar = json!(format!("progress-{campaign}"));
    browser
        .waits("all of it is done", async || {
            browser.js::<bool>(script, vec![bar.clone()]).await.then_some(())
        })
        .await;
}

/// Calls that ring a second and take some more, by the clock of this carrier.
fn steady() -> Value {
    json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 10})
}

/// A campaign of so many that starts two calls a second.
async fn slow(service: &Service, line: &str, contacts: usize) -> String {
    let pacing = json!({"max_concurrent": 4, "per_minute": 240});
    let draft = service
        .draft(line, json!({"contacts": people(contacts), "pacing": pacing}))
        .await;
    draft["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_campaigns_progress_goes_to_its_end_on_every_page_that_shows_it_without_loading_it_again() {
    let carrier = carrier(20.0, 3, &steady());
    let (service, line) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    for page in ["/dashboard/campaigns", "/dashboard/campaigns/{id}"] {
        let id = slow(&service, &line, 12).await;
        browser.visit(&page.replace("{id}", &id)).await;
        let _: Value = browser.js(WATCH, Vec::new()).await;
        browser.click(&format!("#start-{id}")).await;
        done(&browser, &id).await;
        assert!(is_same_page(&browser).await, "{page} was loaded again");
        let seen: Vec<f64> = browser.js("return window.__seen", Vec::new()).await;
        assert!(seen.is_sorted(), "{page}: it went back: {seen:?}");
        let between = seen.iter().any(|done| *done > 0.0 && *done < 1.0);
        assert!(between && seen.last() == Some(&1.0), "{page}: {seen:?}");
        assert!(
            !browser.has(&format!("#pause-{id}")).await,
            "{page}: what has ended is not paused"
        );
        assert_eq!(browser.mistakes().await, [""; 0]);
        let (_, deleted) = service
            .try_api(Method::DELETE, &format!("/campaigns/{id}"), None)
            .await
            .unwrap();
        assert_eq!(deleted, Value::Null);
    }
}

#[tokio::test]
async fn a_pause_tells_its_fence_in_place_and_nothing_is_dialled_until_it_goes_on() {
    let carrier = carrier(20.0, 4, &steady());
    let (service, line) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    let id = slow(&service, &line, 40).await;
    for page in ["/dashboard/campaigns", "/dashboard/campaigns/{id}"] {
        browser.visit(&page.replace("{id}", &id)).await;
        let _: Value = browser.js("window.__mark = 'the same page'", Vec::new()).await;
        let goes_on = format!("#start-{id}, #resume-{id}");
        browser.click(&goes_on).await;
        let begun = carrier.books().calls.len();
        browser
            .waits("somebody is called", async || {
                (carrier.books().calls.len() > begun + 1).then_some(())
            })
            .await;
        browser.click(&format!("#pause-{id}")).await;
        browser.reads("Paused: nothing is dialled from now on.").await;
        let dialled = carrier.books().requests.len();
        let told = browser.find("#flash [role=status]").await.text().await.unwrap();
        assert!(told.contains("The last call was to +1"), "{told}");
        assert!(told.contains("in flight"), "{told}");
        browser.find(&format!("#resume-{id}")).await;
        assert!(is_same_page(&browser).await, "{page} was loaded again");
        service
            .campaign_that(&id, "every call has run out", |campaign| {
                campaign["counters"]["calling"] == 0
            })
            .await;
        assert_eq!(
            carrier.books().requests.len(),
            dialled,
            "{page}: somebody was called behind the fence"
        );
    }
    browser.click(&format!("#resume-{id}")).await;
    service.ended(&id).await;
    done(&browser, &id).await;
    assert_eq!(service.campaign(&id).await["counters"]["completed"], 40);
}

#[tokio::test]
async fn a_connection_that_is_lost_is_told_and_the_page_goes_on_by_itself_when_it_is_back() {
    let carrier = carrier(20.0, 5, &steady());
    let (mut service, line) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    let id = slow(&service, &line, 30).await;
    browser.visit(&format!("/dashboard/campaigns/{id}")).await;
    let _: Value = browser.js("window.__mark = 'the same page'", Vec::new()).await;
    browser.click(&format!("#start-{id}")).await;
    browser.find(&format!("#pause-{id}")).await;
    service.kill();
    browser.find("#connection").await;
    browser.reads("The connection is lost").await;
    service.start().await;
    browser
        .waits("the connection is back", async || {
            let told = browser.driver.find(thirtyfour::By::Id("connection")).await.ok()?;
            (!told.is_displayed().await.ok()?).then_some(())
        })
        .await;
    done(&browser, &id).await;
    assert!(is_same_page(&browser).await, "the page was loaded again");
}

#[tokio::test]
async fn what_was_done_is_told_to_whoever_did_it_and_not_to_a_page_that_looks_in_the_background() {
    let carrier = carrier(20.0, 12, &steady());
    let (service, line) = Service::with_line(&carrier).await;
    let id = slow(&service, &line, 4).await;
    let session = Session::of(&service, OWNER_KEY).await;
    let done = session
        .post(&format!("/dashboard/campaigns/{id}/start"))
        .send()
        .await
        .unwrap();
    let flash = done.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    for (is_in_background, is_told) in [(true, false), (false, true)] {
        let mut request = session
            .request(Method::GET, "/dashboard/campaigns")
            .header("Cookie", &flash);
        if is_in_background {
            request = request.header("X-Outdial-Live", "1");
        }
        let page = request.send().await.unwrap();
        let is_taken_away = page.headers().contains_key("set-cookie");
        let says = page.text().await.unwrap().contains("“brisk” is running.");
        assert_eq!((says, is_taken_away), (is_told, is_told));
    }
}
