//! The wizard by its forms alone, as a browser without script sends them: what was typed outlives a crash, and one
//! campaign comes of it, however often a button is pressed and whatever others do meanwhile.

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::imports::uploads_kept;
use crate::service::{OWNER_KEY, Service, carrier, number, until};

/// Somebody at a browser.
struct Visitor<'s> {
    service: &'s Service,
    client: Client,
    cookie: String,
}

impl<'s> Visitor<'s> {
    async fn signed_in(service: &'s Service) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0);
        let mut visitor = Self {
            service,
            client: client.build().unwrap(),
            cookie: String::new(),
        };
        let answer = visitor
            .send("/dashboard/sign-in", &[("api_key", OWNER_KEY)])
            .await;
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        visitor.cookie = cookie.split(';').next().unwrap().to_owned();
        visitor
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.service.url(path));
        request
            .header(COOKIE, &self.cookie)
            .header(ORIGIN, self.service.url(""))
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.request(Method::POST, path)
            .form(fields)
            .send()
            .await
            .unwrap()
    }

    async fn upload(&self, path: &str, form: Form) -> Response {
        self.request(Method::POST, path)
            .multipart(form)
            .send()
            .await
            .unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let request = self
            .client
            .get(self.service.url(path))
            .header(COOKIE, &self.cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// A draft with a list of three; the answer is its address.
    async fn typed(&self, line: &str) -> String {
        let first = led_to(&self.send("/dashboard/campaigns/new", &[]).await);
        let draft = first.strip_suffix("/info").unwrap().to_owned();
        let info = info(line, "July");
        led_to(&self.send(&first, &info).await);
        let list: String = (0..3).map(|n| format!("{}\n", number(n))).collect();
        let file = Part::bytes(list.into_bytes()).file_name("july.csv");
        let form = Form::new()
            .text("default_region", "US")
            .text("go", "look")
            .part("file", file);
        led_to(&self.upload(&format!("{draft}/audience"), form).await);
        draft
    }

    /// Makes the campaign that is reviewed, and waits until its list is read; the answer is the page's own form.
    async fn reviewed(&self, draft: &str) -> String {
        let answer = self.send(&format!("{draft}/review"), &[("go", "look")]).await;
        assert_eq!(led_to(&answer), format!("{draft}/review"));
        until("the rehearsal is shown", async || {
            let page = self.page(&format!("{draft}/review")).await;
            let (_, behind) = page.split_once("action=\"/dashboard")?;
            page.contains("It would be over on").then(|| {
                let start = behind.find("/review?campaign=").unwrap_or_default();
                let form = behind[start..].split('"').next().unwrap_or_default();
                format!("{draft}{form}")
            })
        })
        .await
    }
}

fn info<'a>(line: &'a str, name: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("name", name),
        ("type", "reminder"),
        ("channel", "voice"),
        ("line_id", line),
        ("timezone", "America/New_York"),
        ("go", "next"),
    ]
}

fn led_to(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.url());
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}

async fn campaigns(service: &Service) -> Vec<Value> {
    service.all("/campaigns").await
}

#[tokio::test]
async fn one_campaign_comes_of_a_draft_however_often_it_is_asked_for() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let visitor = Visitor::signed_in(&service).await;
    let draft = visitor.typed(&line).await;
    let review = format!("{draft}/review");
    let look = [("go", "look")];
    let (one, other) = tokio::join!(visitor.send(&review, &look), visitor.send(&review, &look));
    assert_eq!((led_to(&one), led_to(&other)), (review.clone(), review.clone()));
    let form = visitor.reviewed(&draft).await;
    let all = campaigns(&service).await;
    assert_eq!((all.len(), &all[0]["counters"]["total"]), (1, &json!(3)));
    let start = [("go", "start")];
    let (one, other) = tokio::join!(visitor.send(&form, &start), visitor.send(&form, &start));
    let own = format!("/dashboard/campaigns/{}", all[0]["id"].as_str().unwrap());
    assert_eq!((led_to(&one), led_to(&other)), (own.clone(), own));
    let all = campaigns(&service).await;
    assert!(all.len() == 1 && all[0]["status"] != "draft", "{all:?}");
    let gone = visitor.send(&format!("{draft}/rules"), &[("go", "next")]).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_typed_is_there_after_a_crash_with_its_list_and_nothing_is_left_once_it_is_discarded() {
    let carrier = carrier(1.0, 2, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let draft = Visitor::signed_in(&service).await.typed(&line).await;
    service.kill();
    service.start().await;
    let visitor = Visitor::signed_in(&service).await;
    assert!(
        visitor
            .page(&format!("{draft}/info"))
            .await
            .contains("value=\"July\"")
    );
    let audience = visitor.page(&format!("{draft}/audience")).await;
    assert!(
        audience.contains("july.csv") && audience.contains("<dd>3</dd>"),
        "{audience}"
    );
    visitor.reviewed(&draft).await;
    led_to(&visitor.send(&format!("{draft}/discard"), &[]).await);
    assert_eq!(campaigns(&service).await, [json!(null); 0]);
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn a_campaign_that_was_changed_or_deleted_since_it_was_seen_is_made_anew_and_not_started() {
    let carrier = carrier(1.0, 3, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let visitor = Visitor::signed_in(&service).await;
    let draft = visitor.typed(&line).await;
    let seen = visitor.reviewed(&draft).await;
    led_to(
        &visitor
            .send(&format!("{draft}/info"), &info(&line, "August"))
            .await,
    );
    assert!(
        visitor
            .page(&format!("{draft}/review"))
            .await
            .contains("It has changed")
    );
    assert_eq!(
        led_to(&visitor.send(&seen, &[("go", "start")]).await),
        format!("{draft}/review")
    );
    let all = campaigns(&service).await;
    assert_eq!(all.len(), 1, "the earlier one is deleted");
    assert_eq!(
        (&all[0]["name"], &all[0]["status"]),
        (&json!("August"), &json!("draft"))
    );
    let again = visitor.send(&seen, &[("go", "start")]).await;
    assert_eq!(led_to(&again), format!("{draft}/review"));
    let all = campaigns(&service).await;
    assert_eq!(all[0]["status"], "draft", "what was seen is the earlier one");
    let own = format!("/campaigns/{}", all[0]["id"].as_str().unwrap());
    service.api(Method::DELETE, &own).send().await.unwrap();
    led_to(&visitor.send(&seen, &[("go", "create")]).await);
    let all = campaigns(&service).await;
    assert!(all.len() == 1 && own != format!("/campaigns/{}", all[0]["id"].as_str().unwrap()));
    assert!(
        visitor.page(&format!("{draft}/info")).await.contains("August"),
        "the draft is kept"
    );
}

#[tokio::test]
async fn a_campaign_that_somebody_else_has_started_is_left_as_it_is() {
    let carrier = carrier(1.0, 4, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let visitor = Visitor::signed_in(&service).await;
    let draft = visitor.typed(&line).await;
    let seen = visitor.reviewed(&draft).await;
    let id = campaigns(&service).await[0]["id"].as_str().unwrap().to_owned();
    service.command_to(&id, "start").await;
    led_to(
        &visitor
            .send(&format!("{draft}/info"), &info(&line, "August"))
            .await,
    );
    led_to(&visitor.send(&format!("{draft}/review"), &[("go", "look")]).await);
    assert!(
        visitor
            .page(&format!("{draft}/review"))
            .await
            .contains("It was started already")
    );
    let led = led_to(&visitor.send(&seen, &[("go", "start")]).await);
    assert_eq!(led, format!("/dashboard/campaigns/{id}"));
    let all = campaigns(&service).await;
    assert_eq!((all.len(), &all[0]["name"]), (1, &json!("July")));
}
