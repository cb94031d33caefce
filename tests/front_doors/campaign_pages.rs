//! The pages of a campaign, as a browser without script asks for them.

use outdial_simulator::Simulator;
use reqwest::header::{LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::access::{key_of_role, made};
use crate::service::{OWNER_KEY, Service, carrier, number, people, until};

const HOSTILE: &str = "\"><script>alert(1)</script>";

/// Somebody who is signed in to the dashboard.
struct Browser<'s> {
    service: &'s Service,
    client: Client,
    cookie: String,
}

impl<'s> Browser<'s> {
    async fn signed_in(service: &'s Service, key: &str) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        let mut browser = Self {
            service,
            client,
            cookie: String::new(),
        };
        let answer = browser.send(Method::POST, "/sign-in", &[("api_key", key)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Response {
        let url = self.service.url(&format!("/dashboard{path}"));
        let request = self
            .client
            .request(method.clone(), url)
            .header("cookie", &self.cookie)
            .header(ORIGIN, self.service.url(""));
        let request = if method == Method::POST {
            request.form(fields)
        } else {
            request
        };
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> (StatusCode, String) {
        read(self.send(Method::GET, path, &[]).await).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        read(self.send(Method::POST, path, fields).await).await
    }
}

/// The status, and where it leads or else what it says.
async fn read(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let leads = answer.headers().get(LOCATION);
    match leads.map(|to| to.to_str().unwrap().to_owned()) {
        Some(to) => (status, to),
        None => (status, answer.text().await.unwrap()),
    }
}

fn reached() -> Simulator {
    let quick = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20});
    carrier(100.0, 3, &quick)
}

/// Every page of a campaign, below its own.
fn pages(contact: &Value, attempt: &Value) -> [String; 8] {
    let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
    [
        String::new(),
        "/contacts".to_owned(),
        "/contacts?status=completed&outcome=completed&q=555".to_owned(),
        format!("/contacts/{}", id(contact)),
        "/attempts?state=ended".to_owned(),
        format!("/attempts/{}", id(attempt)),
        "/configuration".to_owned(),
        "/events".to_owned(),
    ]
}

#[tokio::test]
async fn pages_of_a_campaign_show_what_was_uploaded_as_text_and_are_nobody_elses() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let whom = json!([{"phone_number": number(0), "name": HOSTILE, "custom_data": {HOSTILE: HOSTILE}}]);
    let more = json!({"name": HOSTILE, "description": HOSTILE, "contacts": whom});
    let id = service.running(&line, more).await;
    service.ended(&id).await;
    let contact = service.contacts(&id).await.remove(0);
    let attempt = service.attempts(&id).await.remove(0);
    let browser = Browser::signed_in(&service, OWNER_KEY).await;
    let stranger = made(&service, OWNER_KEY, "/organizations", json!({"name": "Others"})).await;
    let stranger = Browser::signed_in(&service, stranger["owner_key"].as_str().unwrap()).await;
    for page in pages(&contact, &attempt) {
        let path = format!("/campaigns/{id}{page}");
        let (status, shown) = browser.page(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!shown.contains("<script>alert"), "{path}: {shown}");
        assert!(shown.contains("&lt;script&gt;alert(1)"), "{path}");
        assert!(
            !shown.contains(" style=\"") && !shown.contains(" onclick="),
            "{path}"
        );
        assert_eq!(stranger.page(&path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let other = service.draft(&line, json!({})).await;
    let elsewhere = format!(
        "/campaigns/{}/attempts/{}",
        other["id"].as_str().unwrap(),
        attempt["id"].as_str().unwrap()
    );
    assert_eq!(
        browser.page(&elsewhere).await.0,
        StatusCode::NOT_FOUND,
        "another campaign's attempt"
    );
}

#[tokio::test]
async fn a_viewer_is_offered_nothing_and_may_do_nothing() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"contacts": people(1)})).await;
    let id = draft["id"].as_str().unwrap();
    let contact = service.contacts(id).await.remove(0)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let viewer = Browser::signed_in(&service, &key_of_role(&service, "viewer").await).await;
    for page in ["", "/contacts", &format!("/contacts/{contact}"), "/configuration"] {
        let (status, shown) = viewer.page(&format!("/campaigns/{id}{page}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let forms: Vec<&str> = shown
            .split("<form")
            .skip(1)
            .filter(|form| form.contains("method=\"post\"") && !form.contains("/sign-out"))
            .collect();
        assert_eq!(forms, Vec::<&str>::new(), "{page}");
    }
    let edit = format!("/campaigns/{id}/configuration/edit");
    assert_eq!(viewer.page(&edit).await.0, StatusCode::FORBIDDEN);
    for deed in [
        "start",
        "cancel",
        "delete",
        "contacts/pasted",
        "configuration/edit",
        &format!("contacts/{contact}/skip"),
    ] {
        let fields = [
            ("pasted", "+12025550199"),
            ("config_version", "1"),
            ("name", "Mine"),
        ];
        viewer.post(&format!("/campaigns/{id}/{deed}"), &fields).await;
    }
    let after = service.campaign(id).await;
    assert_eq!(
        (&after["status"], &after["name"], &after["counters"]),
        (&draft["status"], &draft["name"], &draft["counters"])
    );
}

#[tokio::test]
async fn a_change_of_a_version_that_is_not_the_newest_is_refused_and_keeps_what_was_typed() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"name": "First"})).await;
    let id = draft["id"].as_str().unwrap();
    let browser = Browser::signed_in(&service, OWNER_KEY).await;
    let edit = format!("/campaigns/{id}/configuration/edit");
    let (_, form) = browser.page(&edit).await;
    let shown = typed(&form);
    let theirs = json!({"description": "Theirs"});
    let changed = service
        .api(Method::PATCH, &format!("/campaigns/{id}"))
        .json(&theirs)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    let mine = with(&shown, "pacing.per_minute", "7");
    let (status, again) = browser.post(&edit, &borrowed(&mine)).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    assert!(again.contains("Somebody else changed it meanwhile"), "{again}");
    assert_eq!(
        service.campaign(id).await["pacing"]["per_minute"],
        draft["pacing"]["per_minute"]
    );
    let both = typed(&again);
    assert!(both.contains(&("pacing.per_minute".to_owned(), "7".to_owned())));
    let (status, leads) = browser.post(&edit, &borrowed(&both)).await;
    assert_eq!(
        (status, leads),
        (
            StatusCode::SEE_OTHER,
            format!("/dashboard/campaigns/{id}/configuration")
        )
    );
    let after = service.campaign(id).await;
    assert_eq!(
        (&after["pacing"]["per_minute"], &after["description"]),
        (&json!(7), &json!("Theirs"))
    );
    // What is wrong is told beside what was typed.
    let bad = with(&typed(&browser.page(&edit).await.1), "pacing.per_minute", "0");
    let (status, again) = browser.post(&edit, &borrowed(&bad)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.contains("Must be a whole number from 1 to 60000, not 0."),
        "{again}"
    );
    assert!(typed(&again).contains(&("pacing.per_minute".to_owned(), "0".to_owned())));
}

#[tokio::test]
async fn lines_that_are_pasted_become_contacts_and_what_is_no_list_stays_to_be_corrected() {
    let carrier = reached();
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({})).await;
    let id = draft["id"].as_str().unwrap();
    let browser = Browser::signed_in(&service, OWNER_KEY).await;
    let add = format!("/campaigns/{id}/contacts/pasted");
    let (status, again) = browser.post(&add, &[("pasted", "no list <b>at all</b>")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.contains("no list &lt;b&gt;at all&lt;/b&gt;</textarea>"),
        "{again}"
    );
    let lines = format!(
        "phone,name\r\n{},Ada\r\n12,Nobody\r\n{},Grace",
        number(0),
        number(1)
    );
    let (status, leads) = browser.post(&add, &[("pasted", &lines)]).await;
    assert_eq!(
        (status, leads),
        (
            StatusCode::SEE_OTHER,
            format!("/dashboard/campaigns/{id}/contacts")
        )
    );
    let whole = service
        .campaign_that(id, "both are taken in", |campaign| {
            campaign["counters"]["total"] == 2
        })
        .await;
    assert_eq!(whole["counters"]["pending"], 2);
    let (_, shown) = browser.page(&format!("/campaigns/{id}/contacts")).await;
    assert!(
        shown.contains("pasted lines") && shown.contains("/errors?format=csv"),
        "{shown}"
    );
}

#[tokio::test]
async fn to_cancel_and_hang_up_from_the_page_ends_the_live_calls() {
    let long = json!({"outcomes": {"completed": 1}, "ring_seconds": 0.1, "call_seconds": 3000});
    let carrier = carrier(1.0, 5, &long);
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, json!({"contacts": people(2)})).await;
    until("both talk", async || {
        let (_, answered) = service
            .get(&format!("/campaigns/{id}/attempts?state=answered"))
            .await;
        (answered["items"].as_array()?.len() == 2).then_some(())
    })
    .await;
    let browser = Browser::signed_in(&service, OWNER_KEY).await;
    let (_, shown) = browser.page(&format!("/campaigns/{id}")).await;
    assert!(shown.contains("Cancel and hang up"), "{shown}");
    let (status, _) = browser
        .post(&format!("/campaigns/{id}/cancel"), &[("hang_up", "true")])
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    until("they are hung up on", async || {
        (carrier.summary().live_calls == 0).then_some(())
    })
    .await;
    assert_eq!(service.campaign(&id).await["status"], "canceled");
}

/// What stands in the form that changes a campaign, as a browser would send it.
fn typed(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form class=\"edit\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let mut all = Vec::new();
    for control in form.split('<').skip(1) {
        let Some(name) = attribute(control, "name") else {
            continue;
        };
        if control.starts_with("input") && (!control.contains("checkbox") || control.contains(" checked")) {
            all.push((name, attribute(control, "value").unwrap_or_default()));
        } else if control.starts_with("textarea") {
            all.push((name, control.split('>').nth(1).unwrap().to_owned()));
        } else if control.starts_with("select") {
            let behind = form.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            let options = behind.split("</select>").next().unwrap();
            let chosen = options
                .split("<option")
                .find(|option| option.contains(" selected"));
            all.push((name, attribute(chosen.unwrap(), "value").unwrap()));
        }
    }
    all
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let value = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(value.split('"').next()?.to_owned())
}

fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let others = fields.iter().filter(|(known, _)| known != name).cloned();
    others.chain([(name.to_owned(), value.to_owned())]).collect()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    let all = fields.iter();
    all.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
