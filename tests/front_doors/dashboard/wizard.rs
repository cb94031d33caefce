//! A new campaign, step by step: from a file to calls, what becomes of a bad one, and that nothing typed is lost.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Key;

use super::browser::Browser;
use super::keyboard::tab_to;
use super::live::done;
use super::sessions::Session;
use crate::service::{OWNER_KEY, Service, carrier, number};

const NEXT: &str = "#step .onward button.primary";

fn list(home: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Eight people, one of them twice, and a row that is nobody.
fn good() -> String {
    let people: String = (0..8).map(|n| format!("{},Ada {n},Basic\n", number(n))).collect();
    format!(
        "Phone,Name,Plan\n{people}{},Twin,Basic\n12,Nobody,Basic\n",
        number(0)
    )
}

async fn at_step(browser: &Browser, step: &str) -> String {
    let ends = format!("/{step}");
    browser
        .path_that(&format!("the step {step} is shown"), |path| path.ends_with(&ends))
        .await
}

async fn name_it(browser: &Browser, name: &str) {
    browser.visit("/dashboard/campaigns").await;
    browser.press("New campaign").await;
    at_step(browser, "info").await;
    browser.fill("name", name).await;
    browser.choose("type", "reminder").await;
    browser.click(NEXT).await;
    at_step(browser, "audience").await;
}

async fn value(browser: &Browser, name: &str) -> String {
    let control = browser.find(&format!("[name='{name}']")).await;
    control.value().await.unwrap().unwrap_or_default()
}

#[tokio::test]
async fn a_file_becomes_a_campaign_that_runs_and_what_was_typed_is_there_on_the_way_back() {
    let calls = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 10});
    let carrier = carrier(20.0, 9, &calls);
    let (service, _) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    name_it(&browser, "July reminders").await;
    browser.attach("file", &list(&home, "july.csv", &good())).await;
    browser.press("Read it and show it below").await;
    let figures = browser.find("#figures").await.text().await.unwrap();
    let figures: Vec<&str> = figures.split_whitespace().collect();
    let told = figures.join(" ");
    for figure in ["Contacts 8", "Duplicates 1", "Rows that cannot be used 1"] {
        assert!(told.contains(figure), "{told}");
    }
    let rows = browser.find("#first-rows").await.text().await.unwrap();
    assert!(rows.contains("Ada 0") && rows.contains("a contact"), "{rows}");
    let audience = browser.path().await;
    let session = Session::of(&service, OWNER_KEY).await;
    let (_, errors) = session.get(&format!("{audience}/errors.csv")).await;
    assert!(
        errors.contains("phone_number") && errors.contains("12"),
        "{errors}"
    );
    browser.click(NEXT).await;
    at_step(&browser, "rules").await;
    browser.press("any hour").await;
    browser.reads("at any hour").await;
    browser.fill("pacing.per_minute", "600").await;
    browser.fill("retry.max_retries", "0").await;
    browser.fill("retry.backoff_seconds", "soon").await;
    browser.click(NEXT).await;
    browser.find(".field.bad [name='retry.backoff_seconds']").await;
    assert_eq!(value(&browser, "retry.backoff_seconds").await, "soon");
    assert_eq!(value(&browser, "pacing.per_minute").await, "600");
    browser.fill("retry.backoff_seconds", "15 min").await;
    browser.press("Back").await;
    at_step(&browser, "audience").await;
    browser.reads("july.csv").await;
    browser.press("Back").await;
    at_step(&browser, "info").await;
    assert_eq!(value(&browser, "name").await, "July reminders");
    assert_eq!(
        service.all("/campaigns").await,
        [json!(null); 0],
        "nothing is created on the way"
    );
    browser.visit("/dashboard/campaigns/new").await;
    browser.press("Go on with July reminders").await;
    browser.press("Compliance and pace").await;
    at_step(&browser, "rules").await;
    assert_eq!(value(&browser, "retry.backoff_seconds").await, "15 min");
    browser.press("Rehearse and review").await;
    at_step(&browser, "review").await;
    browser.find("#review-start").await;
    assert_eq!(carrier.books().requests.len(), 0, "a rehearsal rings nobody");
    browser.click("#review-start").await;
    browser.reads("“July reminders” is running.").await;
    let path = browser
        .path_that("the campaign is shown", |path| !path.contains("/new"))
        .await;
    done(&browser, path.rsplit('/').next().unwrap()).await;
    assert_eq!(carrier.books().calls.len(), 8);
    let mut mistakes = browser.mistakes().await;
    // The browser says of itself what the server had answered to what was wrong.
    mistakes.retain(|said| !said.contains("status of 422"));
    // The review follows what happens to its campaign, and may look once more while it is left for good.
    mistakes.retain(|said| !(said.contains("/review") && said.contains("status of 404")));
    assert_eq!(mistakes, [""; 0]);
    let (_, left) = session.get("/dashboard/campaigns").await;
    assert!(!left.contains("Not finished yet"), "nothing is left of the draft");
}

#[tokio::test]
async fn a_bad_file_is_refused_in_words_loses_nothing_and_a_good_one_goes_on() {
    let carrier = carrier(20.0, 10, &json!({}));
    let (service, _) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    name_it(&browser, "August reminders").await;
    let bad = [
        ("nobody.csv", "colour,shape\nred,round\nblue,square\n"),
        ("broken.xlsx", "PK\u{3}\u{4} this is no workbook"),
        ("empty.csv", ""),
    ];
    for (name, text) in bad {
        browser.attach("file", &list(&home, name, text)).await;
        browser.click(NEXT).await;
        browser.find("#preview [role=alert], .field.bad, #errors").await;
        browser.click(NEXT).await;
        browser.find("#preview [role=alert], .field.bad, #errors").await;
        at_step(&browser, "audience").await;
    }
    browser.attach("file", &list(&home, "good.csv", &good())).await;
    browser.press("Read it and show it below").await;
    browser.find("#first-rows").await;
    browser.click(NEXT).await;
    at_step(&browser, "rules").await;
    let (_, all) = service.try_api(Method::GET, "/campaigns", None).await.unwrap();
    assert_eq!(all["items"], json!([]));
    browser.click("nav.steps button[value=info]").await;
    at_step(&browser, "info").await;
    assert_eq!(value(&browser, "name").await, "August reminders");
}

#[tokio::test]
async fn a_campaign_is_made_and_started_with_keys_alone() {
    let calls = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 10});
    let carrier = carrier(20.0, 11, &calls);
    let (service, _) = Service::with_line(&carrier).await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    browser.visit("/dashboard/campaigns/new").await;
    at_step(&browser, "info").await;
    tab_to(&browser, "[name=name]").await;
    browser.keys("By keys").await;
    tab_to(&browser, "[name=type]").await;
    browser.keys("reminder").await;
    tab_to(&browser, NEXT).await;
    browser.keys(Key::Enter).await;
    at_step(&browser, "audience").await;
    tab_to(&browser, "[name=pasted]").await;
    browser
        .keys(format!("phone,name\n{},Ada\n{},Grace", number(1), number(2)))
        .await;
    tab_to(&browser, NEXT).await;
    browser.keys(Key::Space).await;
    browser.find("#first-rows").await;
    tab_to(&browser, NEXT).await;
    browser.keys(Key::Enter).await;
    at_step(&browser, "rules").await;
    tab_to(&browser, "[name=preset][value=any]").await;
    browser.keys(Key::Space).await;
    browser.reads("at any hour").await;
    tab_to(&browser, NEXT).await;
    browser.keys(Key::Enter).await;
    at_step(&browser, "review").await;
    browser.find("#review-start").await;
    tab_to(&browser, "#review-start").await;
    browser.keys(Key::Enter).await;
    browser.reads("“By keys” is running.").await;
    let path = browser
        .path_that("the campaign is shown", |path| !path.contains("/new"))
        .await;
    done(&browser, path.rsplit('/').next().unwrap()).await;
    assert_eq!(carrier.books().calls.len(), 2);
}
