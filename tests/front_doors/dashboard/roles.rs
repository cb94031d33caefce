//! Whoever may only look sees nothing that they may not press, and cannot do it by other means either.

use reqwest::StatusCode;

use super::browser::Browser;
use super::furnished::Furnished;
use super::pages::{PAGES, forms_of};
use super::sessions::{Session, everything};
use crate::access::key_of_role;
use crate::service::OWNER_KEY;

/// Forms of the owner's that only ask something, which viewers may as well.
const ASKS: [&str; 2] = ["/preview", "/rehearsal"];

#[tokio::test]
async fn a_viewer_sees_the_pages_but_no_form_that_changes_anything() {
    let furnished = Furnished::plainly().await;
    let key = key_of_role(&furnished.service, "viewer").await;
    let Some(browser) = Browser::of(&furnished.service).await else {
        return;
    };
    browser.sign_in(&key).await;
    browser.reads("A waiting campaign").await;
    for words in ["New campaign", "Pause", "Resume", "Start"] {
        assert!(!browser.text().await.contains(words), "{words}");
    }
    let session = Session::of(&furnished.service, &key).await;
    let forms = forms_of(&furnished, &session).await;
    let changing: Vec<&String> = forms
        .iter()
        .filter(|path| !ASKS.iter().any(|asks| path.contains(asks)))
        .collect();
    assert!(changing.is_empty(), "{changing:?}");
    for page in PAGES {
        let path = furnished.address(page);
        let (status, text) = session.get(&path).await;
        assert!(!status.is_server_error(), "{path} answers {status}: {text}");
    }
}

#[tokio::test]
async fn what_a_viewer_forges_is_refused_and_changes_nothing() {
    let furnished = Furnished::plainly().await;
    let service = &furnished.service;
    let owner = Session::of(service, OWNER_KEY).await;
    let viewer = Session::of(service, &key_of_role(service, "viewer").await).await;
    let before = everything(service).await;
    let mut tried = 0;
    for path in forms_of(&furnished, &owner).await {
        if ASKS.iter().any(|asks| path.contains(asks)) {
            continue;
        }
        let answer = viewer
            .post(&path)
            .form(&[("name", "forged")])
            .send()
            .await
            .unwrap();
        let flash = answer
            .headers()
            .get("set-cookie")
            .map(|flash| flash.to_str().unwrap().to_owned());
        match answer.status() {
            StatusCode::FORBIDDEN => {}
            // What was typed is looked at first; nothing comes of it.
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {}
            // A form for small actions leads back to its page, which tells the refusal.
            StatusCode::SEE_OTHER
                if flash
                    .as_ref()
                    .is_some_and(|told| told.starts_with("outdial_flash=r")) => {}
            status => panic!(
                "{path} answers {status}, {flash:?}: {}",
                answer.text().await.unwrap()
            ),
        }
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    for command in ["pause", "cancel", "duplicate"] {
        let path = format!("/api/v1/campaigns/{}/{command}", furnished.id("waiting"));
        let forged = viewer.post(&path).send().await.unwrap();
        assert_eq!(forged.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(everything(service).await, before);
}
