//! A service in which there is something of everything, so that every page has something to show.

use std::collections::BTreeMap;

use chrono::{Datelike, Utc};
use outdial_simulator::Simulator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::sessions::Session;
use crate::imports::{file, read_to_its_end, taken, upload};
use crate::service::{OWNER_KEY, Service, carrier, number};

/// A service, and the things in it by what they are called in the addresses of pages.
pub struct Furnished {
    pub service: Service,
    _carrier: Simulator,
    pub ids: BTreeMap<&'static str, String>,
}

/// What things are called.
pub type Names<'n> = &'n dyn Fn(&str) -> String;

impl Furnished {
    pub async fn plainly() -> Self {
        Self::with(&|what| format!("A {what}")).await
    }

    /// The same; names, and whatever else people write, are as given.
    pub async fn with(names: Names<'_>) -> Self {
        let outcomes = json!({"completed": 5, "busy": 1, "no-answer": 1, "failed": 1});
        let carrier = carrier(200.0, 7, &json!({"outcomes": outcomes}));
        let service = Service::started().await;
        let line = service
            .add_line_with(&carrier, json!({"name": names("line")}))
            .await;
        let mut furnished = Self {
            service,
            _carrier: carrier,
            ids: BTreeMap::from([("line", line)]),
        };
        furnished.surroundings(names).await;
        furnished.campaigns(names).await;
        furnished.unfinished(names).await;
        furnished
    }

    pub fn id(&self, what: &str) -> &str {
        &self.ids[what]
    }

    /// An address with the ids of things in the place of their names.
    pub fn address(&self, template: &str) -> String {
        let mut address = template.to_owned();
        for (name, id) in &self.ids {
            address = address.replace(&format!("{{{name}}}"), id);
        }
        assert!(!address.contains('{'), "{address} names what is not there");
        address
    }

    async fn made(&mut self, what: &'static str, path: &str, given: Value) {
        let (status, made) = self.service.post(path, &given).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {made}");
        self.ids.insert(what, made["id"].as_str().unwrap().to_owned());
    }

    async fn surroundings(&mut self, names: Names<'_>) {
        let script = json!([
            {"say": names("script")},
            {"id": "ask", "gather": {"name": "coming", "say": names("question"), "input": "keys", "num_digits": 1,
                "choices": [{"keys": "1", "disposition": "confirmed", "say": "Good.", "goto": "end"}]}},
        ]);
        let voice = json!({
            "name": names("voice profile"), "description": names("description"), "voice": "Polly.Joanna",
            "language": "en-US", "greeting": "Hello {{ first_name | default('there') }}.", "script": script,
            "agent_prompt": names("prompt"), "handoff_triggers": [names("trigger")],
        });
        self.made("voice", "/voice-profiles", voice).await;
        let year = Utc::now().year() + 1;
        let dates = json!([
            {"name": names("holiday"), "date": "12-25", "yearly": true},
            {"name": "Party", "date": format!("{year}-07-03"), "yearly": false},
        ]);
        let calendar =
            json!({"name": names("calendar"), "description": names("description"), "dates": dates});
        self.made("calendar", "/holiday-calendars", calendar).await;
        let list = json!({"name": names("list"), "description": names("description")});
        self.made("list", "/suppression-lists", list).await;
        let entries = json!({"entries": [
            {"phone_number": number(90), "note": names("note")},
            {"phone_number": number(91), "note": "asked", "expires_at": format!("{year}-01-01T00:00:00Z")},
        ]});
        let path = format!("/suppression-lists/{}/entries", self.id("list"));
        let (status, put) = self.service.post(&path, &entries).await;
        assert_eq!((status, &put["errors"]), (StatusCode::OK, &json!([])), "{put}");
        let member = json!({"name": names("member"), "email": "member@example.com", "role": "operator"});
        self.made("member", "/members", member).await;
        let key = json!({"name": names("key"), "role": "viewer"});
        self.made("key", "/api-keys", key).await;
        let organization = json!({"name": names("organization")});
        self.made("organization", "/organizations", organization).await;
    }

    async fn campaigns(&mut self, names: Names<'_>) {
        let people: Vec<Value> = (0..24).map(|n| person(n, names)).collect();
        let line = self.id("line").to_owned();
        let with = |what: &str, more: Value| {
            let mut spec = json!({
                "name": names(what), "description": names("description"), "contacts": people,
                "voice_profile_id": self.ids["voice"], "suppression_list_ids": [self.ids["list"]],
                "holiday_calendar_ids": [self.ids["calendar"]],
            });
            spec.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            spec
        };
        let closed = json!({"calling_windows": closed_for_days(), "timezone": "America/New_York"});
        let paused = closed.clone();
        let all = [
            (
                "done",
                with(
                    "finished campaign",
                    json!({"retry": {"max_retries": 1, "backoff_seconds": [0]}}),
                ),
            ),
            ("waiting", with("waiting campaign", closed)),
            ("paused", with("paused campaign", paused)),
        ];
        let draft = with("draft", json!({"contacts": []}));
        for (what, spec) in all {
            let id = self.service.running(&line, spec).await;
            self.ids.insert(what, id);
        }
        let paused = self.id("paused").to_owned();
        self.service.command_to(&paused, "pause").await;
        let draft = self.service.draft(&line, draft).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let bad = format!(
            "phone,name,{}\n{},{},x\n{},{},y\n12,Nobody,z\n",
            quoted(&names("column")),
            number(0),
            quoted(&names("contact")),
            number(0),
            quoted(&names("twin")),
        );
        let import = taken(
            upload(
                &self.service,
                &draft,
                file(&format!("{}.csv", names("file")), bad),
            )
            .await,
        )
        .await;
        read_to_its_end(&self.service, &draft, &import).await;
        self.ids.insert("draft", draft);
        self.ids
            .insert("import", import["id"].as_str().unwrap().to_owned());
        let done = self.id("done").to_owned();
        self.service.ended(&done).await;
        let attempts = self.service.attempts(&done).await;
        let completed = attempts
            .iter()
            .find(|attempt| attempt["outcome"] == "completed")
            .unwrap();
        for (what, field) in [("attempt", "id"), ("contact", "contact_id")] {
            self.ids
                .insert(what, completed[field].as_str().unwrap().to_owned());
        }
        let result = json!({"result_summary": names("summary"), "disposition": names("disposition")});
        let path = format!("/attempts/{}/result", self.id("attempt"));
        let (status, told) = self.service.post(&path, &result).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let waiting = self.service.contacts(self.id("waiting")).await;
        self.ids
            .insert("held", waiting[0]["id"].as_str().unwrap().to_owned());
        let (_, entries) = self.service.get("/audit-log?limit=1").await;
        self.ids
            .insert("entry", entries["items"][0]["id"].as_str().unwrap().to_owned());
    }

    /// A campaign that somebody has begun in the wizard, as far as its review.
    async fn unfinished(&mut self, names: Names<'_>) {
        let session = Session::of(&self.service, OWNER_KEY).await;
        let first = session
            .leads_to(session.request(Method::GET, "/dashboard/campaigns/new"))
            .await;
        let id = first.split('/').nth(4).unwrap().to_owned();
        let info = [
            ("name", names("unfinished campaign")),
            ("description", names("description")),
            ("type", "reminder".to_owned()),
            ("channel", "voice".to_owned()),
            ("line_id", self.id("line").to_owned()),
            ("voice_profile_id", self.id("voice").to_owned()),
            ("timezone", "UTC".to_owned()),
            ("go", "next".to_owned()),
        ];
        let step = |step: &str| format!("/dashboard/campaigns/new/{id}/{step}");
        let typed = session.post(&step("info")).form(&info);
        assert_eq!(session.leads_to(typed).await, step("audience"));
        let list = format!(
            "phone,name,{}\n{},{},{}\n{},Twin,x\n12,{},x\n",
            quoted(&names("column")),
            number(40),
            quoted(&names("contact")),
            quoted(&names("value")),
            number(40),
            quoted(&names("nobody")),
        );
        for go in ["look", "next"] {
            let form = reqwest::multipart::Form::new()
                .text("go", go)
                .text("default_region", "US");
            let form = match go {
                "look" => form.part(
                    "file",
                    reqwest::multipart::Part::bytes(list.clone().into_bytes()).file_name("new.csv"),
                ),
                _ => form,
            };
            let answer = session.post(&step("audience")).multipart(form);
            let aim = if go == "look" { "audience" } else { "rules" };
            assert_eq!(session.leads_to(answer).await, step(aim));
        }
        let rules = [
            ("calling_windows[0].days", "mon"),
            ("calling_windows[0].start", "09:00"),
            ("calling_windows[0].end", "17:00"),
            ("window_zone", "contact"),
            ("pacing.per_minute", "60"),
            ("pacing.max_concurrent", "10"),
            ("pacing.delay_seconds", "0"),
            ("retry.max_retries", "1"),
            ("retry.backoff_seconds", "15 min"),
            ("retry.outcomes", "busy"),
            ("schedule.type", "recurring"),
            ("schedule.cron", "0 9 * * 1-5"),
            ("missed_start.policy", "run"),
            ("go", "next"),
        ];
        let typed = session.post(&step("rules")).form(&rules);
        assert_eq!(session.leads_to(typed).await, step("review"));
        self.ids.insert("begun", id);
    }
}

fn person(n: usize, names: Names<'_>) -> Value {
    json!({
        "phone_number": number(n), "name": names("contact"), "email": format!("someone{n}@example.com"),
        "timezone": "UTC", "custom_data": {names("column"): names("value"), "plan": "Basic"},
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Windows that open on the other half of the week than the present one, by the clock of UTC.
fn closed_for_days() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = Utc::now().weekday().num_days_from_monday() as usize;
    json!([{"days": [days[(today + 3) % 7]], "start": "09:00", "end": "17:00"}])
}
