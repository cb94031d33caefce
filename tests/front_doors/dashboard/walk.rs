//! A walk over every page at both widths and in both schemes: axe-core finds nothing, nothing scrolls sideways, the
//! console is silent, nothing is asked of others. What was seen is kept as pictures, to be looked at.

use std::path::PathBuf;

use super::axe::Axe;
use super::browser::Browser;
use super::furnished::Furnished;
use super::pages::{PAGES, file_name};
use crate::service::Service;

/// Names another directory for the pictures.
const PICTURES: &str = "OUTDIAL_SCREENSHOTS";
const HEIGHT: u32 = 900;
/// How far the page can be moved sideways, and what was loaded from elsewhere.
const LOOK: &str = "
    for (const change of document.getAnimations()) change.finish();
    const elsewhere = performance.getEntriesByType('resource').map(({name}) => name)
        .filter((name) => !name.startsWith(location.origin + '/') && !name.startsWith('data:'));
    return [Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth, elsewhere];";

fn pictures() -> PathBuf {
    match std::env::var_os(PICTURES) {
        Some(named) => PathBuf::from(named),
        // Beside what cargo keeps of tests, which stands under `target` by default.
        None => PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .unwrap()
            .join("dashboard-screenshots"),
    }
}

/// Looks at the page that is open, in both schemes.
async fn look(browser: &Browser, axe: Axe, name: &str, width: u32) -> Vec<String> {
    let mut wrong = browser.mistakes().await;
    // The browser says of itself what the server had answered.
    wrong.retain(|said| !said.contains("the server responded with a status of 404"));
    for scheme in ["light", "dark"] {
        browser.show_as(width, HEIGHT, scheme).await;
        let (too_wide, elsewhere): (i64, Vec<String>) = browser.js(LOOK, Vec::new()).await;
        browser
            .picture(&pictures().join(format!("{name}-{width}-{scheme}.png")))
            .await;
        if too_wide > 0 {
            wrong.push(format!("{scheme}: it is {too_wide} px too wide"));
        }
        wrong.extend(
            elsewhere
                .iter()
                .map(|address| format!("{scheme}: it loads {address}")),
        );
        let found = axe.finds(browser).await;
        wrong.extend(found.into_iter().map(|found| format!("{scheme}: {found}")));
    }
    browser.show_as(width, HEIGHT, "light").await;
    wrong
        .into_iter()
        .map(|wrong| format!("{name} at {width} px: {wrong}"))
        .collect()
}

async fn walk(width: u32) {
    let Some(axe) = Axe::found_or_fetched() else {
        return;
    };
    let empty = Service::started().await;
    let Some(browser) = Browser::of(&empty).await else {
        return;
    };
    browser.show_as(width, HEIGHT, "light").await;
    let mut wrong = Vec::new();
    browser.visit("/dashboard/sign-in").await;
    wrong.extend(look(&browser, axe, "sign-in", width).await);
    browser.fill("api_key", "odk_nobody_has_this_one").await;
    browser.press("Sign in").await;
    browser.reads("No such API key").await;
    browser.mistakes().await;
    wrong.extend(look(&browser, axe, "sign-in-refused", width).await);
    browser.sign_in(crate::service::OWNER_KEY).await;
    wrong.extend(look(&browser, axe, "empty-store", width).await);
    let furnished = Furnished::plainly().await;
    let browser = browser.to(&furnished.service);
    browser.sign_in(crate::service::OWNER_KEY).await;
    for page in PAGES {
        browser.visit(&furnished.address(page)).await;
        wrong.extend(look(&browser, axe, &file_name(page), width).await);
    }
    assert!(
        wrong.is_empty(),
        "{} mistakes:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn every_page_is_for_everybody_and_keeps_to_itself_on_a_narrow_screen() {
    walk(360).await;
}

#[tokio::test]
async fn every_page_is_for_everybody_and_keeps_to_itself_on_a_wide_screen() {
    walk(1600).await;
}
