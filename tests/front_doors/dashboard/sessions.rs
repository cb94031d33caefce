//! Signing in and out: who is let in, for how long, and that nobody uses another's session.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix_web::{App, test};
use outdial::Orchestrator;
use outdial::actors::clock::Clock;
use outdial::domain::time::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::browser::Browser;
use super::furnished::Furnished;
use super::pages::forms_of;
use crate::access::made;
use crate::service::{OWNER_KEY, Service};

const COOKIE: &str = "outdial_session";

/// A session without a browser: requests that show its cookie, and follow no redirect.
pub struct Session {
    client: Client,
    origin: String,
    pub cookie: String,
}

impl Session {
    pub async fn of(service: &Service, key: &str) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        let origin = service.url("");
        let answer = client
            .post(service.url("/dashboard/sign-in"))
            .header("Origin", &origin)
            .form(&[("api_key", key)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            client,
            origin,
            cookie,
        }
    }

    /// A request with the cookie, and no word of where it comes from.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        request.header("Cookie", &self.cookie)
    }

    /// A request that is sent from a page of this origin.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path).header("Origin", &self.origin)
    }

    /// Where an answer leads, which must lead somewhere.
    pub async fn leads_to(&self, request: RequestBuilder) -> String {
        let answer = request.send().await.unwrap();
        let (status, location) = (answer.status(), answer.headers().get("location").cloned());
        let text = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        location.unwrap().to_str().unwrap().to_owned()
    }

    /// A page.
    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }
}

async fn me(service: &Service, cookie: &str) -> StatusCode {
    let request = service
        .request(Method::GET, "/api/v1/me")
        .header("Cookie", cookie);
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_words_and_a_right_one_leads_to_the_page_that_was_asked_for() {
    let service = Service::started().await;
    let Some(browser) = Browser::of(&service).await else {
        return;
    };
    browser.visit("/dashboard/campaigns?status=running").await;
    assert!(browser.path().await.starts_with("/dashboard/sign-in?next="));
    browser.fill("api_key", "odk_nobody_has_this_one").await;
    browser.press("Sign in").await;
    browser.reads("No such API key").await;
    assert!(!browser.driver.source().await.unwrap().contains("odk_nobody"));
    browser.fill("api_key", OWNER_KEY).await;
    browser.press("Sign in").await;
    browser
        .path_that("the page is shown", |path| {
            path == "/dashboard/campaigns?status=running"
        })
        .await;
}

#[tokio::test]
async fn nobody_is_led_elsewhere_by_signing_in() {
    let service = Service::started().await;
    let Some(browser) = Browser::of(&service).await else {
        return;
    };
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/dashboard\\evil",
        "javascript:alert(1)",
    ] {
        browser.visit(&format!("/dashboard/sign-in?next={next}")).await;
        browser.fill("api_key", OWNER_KEY).await;
        browser.press("Sign in").await;
        browser
            .path_that("they are signed in", |path| path == "/dashboard")
            .await;
        browser.driver.delete_all_cookies().await.unwrap();
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_for_every_copy_of_its_cookie() {
    let service = Service::started().await;
    let Some(browser) = Browser::signed_in(&service).await else {
        return;
    };
    let cookie = browser.driver.get_named_cookie(COOKIE).await.unwrap();
    let copied = format!("{COOKIE}={}", cookie.value);
    let seen: String = browser.js("return document.cookie", Vec::new()).await;
    assert!(!seen.contains(COOKIE), "no script reads it: {seen}");
    assert_eq!(me(&service, &copied).await, StatusCode::OK);
    browser.click(".who form button").await;
    browser
        .path_that("they are signed out", |path| path == "/dashboard/sign-in")
        .await;
    assert_eq!(me(&service, &copied).await, StatusCode::UNAUTHORIZED);
    browser.visit("/dashboard/campaigns").await;
    assert!(browser.path().await.starts_with("/dashboard/sign-in"));
}

#[tokio::test]
async fn a_key_that_is_revoked_ends_its_session_at_once_and_a_page_that_is_open_leads_to_the_door() {
    let service = Service::started().await;
    let key = made(
        &service,
        OWNER_KEY,
        "/api-keys",
        json!({"name": "short", "role": "operator"}),
    )
    .await;
    let secret = key["key"].as_str().unwrap();
    let session = Session::of(&service, secret).await;
    assert_eq!(session.get("/dashboard/campaigns").await.0, StatusCode::OK);
    let browser = Browser::of(&service).await;
    if let Some(browser) = &browser {
        browser.sign_in(secret).await;
    }
    let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
    let revoked = service.try_api(Method::DELETE, &path, None).await.unwrap();
    assert!(revoked.0.is_success(), "{revoked:?}");
    assert_eq!(session.get("/dashboard/campaigns").await.0, StatusCode::SEE_OTHER);
    assert_eq!(me(&service, &session.cookie).await, StatusCode::UNAUTHORIZED);
    if let Some(browser) = browser {
        browser.visit("/dashboard/campaigns").await;
        assert!(browser.path().await.starts_with("/dashboard/sign-in"));
    }
}

/// A clock that stands still until it is told.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[actix_web::test]
async fn a_session_ends_when_its_hours_are_over_and_not_before() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let home = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hands(AtomicI64::new(1_793_000_000_000)));
    let outdial = Orchestrator::builder()
        .store(home.path())
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .owner_key(OWNER_KEY)
        .start()
        .await
        .unwrap();
    let lasts = outdial.options().session;
    assert!(lasts >= Duration::from_secs(3600), "{lasts:?}");
    let app = test::init_service(App::new().configure(outdial.http())).await;
    let origin = ("Origin", "http://localhost:8080");
    let sign_in = test::TestRequest::post()
        .uri("/dashboard/sign-in")
        .insert_header(origin)
        .insert_header(("Host", "localhost:8080"))
        .set_form([("api_key", OWNER_KEY)])
        .to_request();
    let answer = test::call_service(&app, sign_in).await;
    assert_eq!(answer.status().as_u16(), 303);
    let cookie = answer.headers().get("set-cookie").unwrap().to_str().unwrap();
    let named = format!("Max-Age={}", lasts.as_secs());
    assert!(cookie.contains(&named), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let opens = async || {
        let mut statuses = Vec::new();
        for path in ["/api/v1/me", "/dashboard/campaigns"] {
            let request = test::TestRequest::get()
                .uri(path)
                .insert_header(("Cookie", cookie.as_str()));
            statuses.push(
                test::call_service(&app, request.to_request())
                    .await
                    .status()
                    .as_u16(),
            );
        }
        statuses
    };
    assert_eq!(opens().await, [200, 200]);
    let almost = lasts.as_millis() as i64 - 1;
    clock.0.fetch_add(almost, Ordering::Relaxed);
    assert_eq!(opens().await, [200, 200]);
    clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(opens().await, [401, 303]);
    outdial.shutdown().await.unwrap();
}

/// Everything that can be changed, as the API shows it.
pub async fn everything(service: &Service) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/campaigns",
        "/lines",
        "/voice-profiles",
        "/suppression-lists",
        "/holiday-calendars",
        "/members",
        "/api-keys",
    ] {
        let mut items = service.all(path).await;
        for item in &mut items {
            // A key that is used says when.
            item.as_object_mut().unwrap().remove("last_used_at");
        }
        all.extend(items);
    }
    all
}

#[tokio::test]
async fn what_the_cookie_is_sent_with_from_elsewhere_is_refused_and_changes_nothing() {
    let furnished = Furnished::plainly().await;
    let service = &furnished.service;
    let session = Session::of(service, OWNER_KEY).await;
    let before = everything(service).await;
    let draft = furnished.id("waiting");
    let mut forged = vec![
        format!("/api/v1/campaigns/{draft}/pause"),
        "/api/v1/suppression-lists".to_owned(),
        "/dashboard/sign-out".to_owned(),
    ];
    forged.extend(forms_of(&furnished, &session).await);
    assert!(forged.iter().any(|path| path.ends_with("/resume")), "{forged:?}");
    let foreign = [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
    ];
    for path in forged {
        for origin in foreign.map(Some).into_iter().chain([None]) {
            let mut request = session.request(Method::POST, &path);
            if let Some(origin) = origin {
                request = request.header("Origin", origin);
            }
            let answer = request.form(&[("name", "forged")]).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} from {origin:?}");
        }
    }
    assert_eq!(everything(service).await, before);
    assert_eq!(
        me(service, &session.cookie).await,
        StatusCode::OK,
        "nobody was signed out"
    );
}
