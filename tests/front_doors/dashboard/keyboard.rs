//! Every page by keyboard alone: Tab reaches whatever can be pressed, in the order in which it stands, and shows where
//! it is; what is done each day is done with keys.

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::furnished::Furnished;
use super::pages::PAGES;
use crate::service::{OWNER_KEY, Service, carrier, people};

/// Numbers every control that is shown, in the order of the page; of radio buttons of a name one is reached.
const NUMBER: &str = "
    const all = 'a[href], button, input, select, textarea, summary, [tabindex]';
    const groups = new Set();
    const controls = [...document.querySelectorAll(all)].filter((control) => {
        if (control.tabIndex < 0 || control.disabled || control.type === 'hidden') return false;
        if (!control.checkVisibility({visibilityProperty: true})) return false;
        if (control.type !== 'radio') return true;
        const group = [...document.querySelectorAll(`input[type=radio][name=\"${CSS.escape(control.name)}\"]`)];
        if (group.some(({checked}) => checked)) return control.checked;
        return !groups.has(control.name) && groups.add(control.name);
    });
    controls.forEach((control, at) => control.dataset.testAt = at);
    document.activeElement?.blur();
    return controls.map((control) => control.outerHTML.slice(0, 120));";
/// Where the focus is, whether that can be seen, and whether it is where one looks.
const FOCUS: &str = "
    const at = document.activeElement;
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    return {
        at: at.dataset.testAt === undefined ? null : Number(at.dataset.testAt),
        isMarked: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
        isInView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
        is: at.outerHTML.slice(0, 120),
    };";
/// Controls of a page that are looked at: lists repeat themselves.
const MOST: usize = 60;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Focus {
    at: Option<usize>,
    is_marked: bool,
    is_in_view: bool,
    is: String,
}

async fn focus(browser: &Browser) -> Focus {
    browser.js(FOCUS, Vec::new()).await
}

/// Goes on with Tab until what has the focus is like that, and shows it.
pub async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..200 {
        browser.keys(Key::Tab).await;
        let is_it: bool = browser
            .js(
                "return document.activeElement.matches(arguments[0])",
                vec![json!(css)],
            )
            .await;
        if is_it {
            let focus = focus(browser).await;
            assert!(focus.is_marked, "nobody sees that the focus is at {}", focus.is);
            return;
        }
    }
    panic!("Tab does not lead to `{css}` at {}", browser.path().await);
}

async fn tab_through(browser: &Browser, path: &str) -> Vec<String> {
    browser.visit(path).await;
    // With script the menu stands open on a wide screen.
    let is_open = "return document.getElementById('menu')?.open ?? true";
    browser
        .waits("the script has run", async || {
            browser.js::<bool>(is_open, Vec::new()).await.then_some(())
        })
        .await;
    let controls: Vec<String> = browser.js(NUMBER, Vec::new()).await;
    let mut wrong = Vec::new();
    for (expected, control) in controls.iter().enumerate().take(MOST) {
        browser.keys(Key::Tab).await;
        let mut focus = focus(browser).await;
        // A date is several fields for Tab, and one control.
        for _ in 0..8 {
            if expected == 0 || focus.at != Some(expected - 1) {
                break;
            }
            browser.keys(Key::Tab).await;
            focus = self::focus(browser).await;
        }
        if focus.at != Some(expected) {
            wrong.push(format!(
                "{path}: Tab leads to {} where {control} comes next",
                focus.is
            ));
            break;
        }
        if !focus.is_marked {
            wrong.push(format!("{path}: nobody sees that the focus is at {}", focus.is));
        }
        if !focus.is_in_view {
            wrong.push(format!("{path}: the focus is out of view at {}", focus.is));
        }
    }
    wrong
}

#[tokio::test]
async fn tab_leads_through_every_page_in_order_and_shows_where_it_is() {
    let furnished = Furnished::plainly().await;
    let Some(browser) = Browser::signed_in(&furnished.service).await else {
        return;
    };
    let mut wrong = Vec::new();
    for page in PAGES {
        wrong.extend(tab_through(&browser, &furnished.address(page)).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn signing_in_starting_and_pausing_are_done_with_keys_alone() {
    let calls = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20});
    let carrier = carrier(20.0, 8, &calls);
    let (service, line) = Service::with_line(&carrier).await;
    let pacing = json!({"max_concurrent": 2, "per_minute": 120});
    let draft = service
        .draft(&line, json!({"contacts": people(60), "pacing": pacing}))
        .await;
    let id = draft["id"].as_str().unwrap();
    let Some(browser) = Browser::of(&service).await else {
        return;
    };
    browser.visit("/dashboard/sign-in").await;
    tab_to(&browser, "[name=api_key]").await;
    browser.keys(OWNER_KEY.to_owned() + Key::Enter).await;
    browser
        .path_that("they are signed in", |path| path == "/dashboard")
        .await;
    browser.keys(Key::Tab).await;
    browser.keys(Key::Enter).await;
    let main: Value = browser.js("return document.activeElement.id", Vec::new()).await;
    assert_eq!(main, "main", "the first stop leads to the content");
    tab_to(&browser, &format!("#start-{id}")).await;
    browser.keys(Key::Enter).await;
    browser.find(&format!("#pause-{id}")).await;
    // What has the focus is gone with its form; Tab finds the new one.
    tab_to(&browser, &format!("#pause-{id}")).await;
    browser.keys(Key::Space).await;
    browser.reads("Paused: nothing is dialled from now on.").await;
    assert_eq!(service.campaign(id).await["status"], "paused");
}
