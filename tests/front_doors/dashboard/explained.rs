//! Why a contact is not called: told beside the list, and on a page of its own; and what a person can do about it.

use super::browser::Browser;
use super::furnished::Furnished;

#[tokio::test]
async fn a_contact_that_is_held_back_says_which_rule_does_that_and_until_when() {
    let furnished = Furnished::plainly().await;
    let Some(browser) = Browser::signed_in(&furnished.service).await else {
        return;
    };
    let (campaign, contact) = (furnished.id("waiting"), furnished.id("held"));
    browser.visit(&format!("/dashboard/campaigns/{campaign}")).await;
    browser.press("Contacts").await;
    browser
        .path_that("its contacts are shown", |path| path.ends_with("/contacts"))
        .await;
    browser.click(&format!("#open-{contact}")).await;
    browser.find("dialog#drawer[open]").await;
    assert!(
        browser.path().await.ends_with("/contacts"),
        "the list stays below"
    );
    let told = browser
        .find("#drawer #contact-explain")
        .await
        .text()
        .await
        .unwrap();
    assert!(told.contains("Why it is not called now"), "{told}");
    assert!(told.contains("calls are allowed again from"), "{told}");
    assert!(told.contains("Next tried at the earliest"), "{told}");
    browser.click("#drawer #contact-checks summary").await;
    let rules = browser
        .find("#drawer .checks .decides")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        rules.contains("calling windows") && rules.contains("This decides."),
        "{rules}"
    );
    browser.click("#drawer-close").await;
    browser
        .waits("the drawer is closed", async || {
            (!browser.has("dialog#drawer[open]").await).then_some(())
        })
        .await;
    browser.click(&format!("#row-skip-{contact}")).await;
    browser.reads("is called no more in this run.").await;
    browser
        .visit(&format!("/dashboard/campaigns/{campaign}/contacts/{contact}"))
        .await;
    let told = browser.find("#contact").await.text().await.unwrap();
    assert!(told.contains("skipped"), "{told}");
    browser.click(&format!("#contact-requeue-{contact}")).await;
    browser.reads("is called again").await;
    assert_eq!(browser.mistakes().await, [""; 0]);
}
