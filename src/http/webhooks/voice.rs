//! What an answered call says: the first time, and after each answer.

use std::time::Duration;

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use outdial_actors::place;
use outdial_domain::attempt::Attempt;
use outdial_domain::call::{AnsweredBy, CallFact, CallStatus, Heard, News};
use outdial_domain::settings::Definition;
use outdial_domain::step::Input;
use outdial_domain::voice::{Answer, Place, VoiceProfile, first_place};
use outdial_providers::twilio::VoiceRequest;
use outdial_providers::twiml::{self, Twiml};
use outdial_storage::read;
use serde::Deserialize;

use super::measured::{Kind, Measured};
use super::{Proven, no_such_attempt, prove, read_form};
use crate::error::Error;
use crate::http::body;
use crate::http::problem::Problem;
use crate::orchestrator::Orchestrator;
use crate::voice::{ContactFields, perform};

/// How long an answered call waits for what is known of it already, or will be told again, to be durable.
const NOTED_WITHIN: Duration = Duration::from_secs(2);

/// Where in its script the call stands.
#[derive(Deserialize)]
pub(super) struct At {
    step: Option<String>,
    #[serde(rename = "try")]
    tries: Option<String>,
    part: Option<String>,
}

pub(super) async fn voice(
    outdial: Data<Orchestrator>,
    at: Query<At>,
    request: HttpRequest,
    measured: Data<Measured>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let answer = speak(&outdial, &at, &request, payload);
    measured.count(Kind::Voice, answer).await
}

async fn speak(
    outdial: &Orchestrator,
    at: &At,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(outdial, request, &form)?;
    let asked = VoiceRequest::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    let at = place::from_query(at.step.as_deref(), at.tries.as_deref(), at.part.as_deref())
        .ok_or_else(|| Problem::malformed("`step`, `try` and `part` name no place of a script"))?;
    let found = outdial.campaign_of(proven.org, proven.campaign);
    let definition = found
        .map_err(|error| no_such_attempt(error, proven.attempt))?
        .definition;
    let store = outdial.inner.store.as_ref();
    let attempt = read::attempt(store, proven.campaign, proven.attempt).map_err(Error::from)?;
    let attempt = attempt.ok_or_else(|| Error::not_found("attempt", proven.attempt))?;
    let (xml, heard) = match definition.settings.voice.as_deref() {
        None => (one_sentence(), Heard::default()),
        Some(snapshot) => {
            let setting = Setting {
                outdial,
                proven: &proven,
                definition: &definition,
                attempt: &attempt,
                profile: &snapshot.profile,
            };
            setting.play(at, &asked)?
        }
    };
    // Without anything heard there is nothing that must not be lost: the status callback says the rest.
    let is_news = heard != Heard::default();
    let fact = CallFact {
        answered_by: asked.answered_by,
        ..CallFact::new(asked.provider_id, CallStatus::InProgress)
    };
    let input = Input::Report {
        attempt: proven.attempt,
        news: News::Heard { fact, heard },
    };
    let noted = outdial.ask(proven.org, proven.campaign, input);
    if is_news {
        noted.await?;
    } else {
        // A person waits.
        match tokio::time::timeout(NOTED_WITHIN, noted).await {
            Ok(Err(error @ Error::Unavailable(_))) => {
                tracing::warn!(attempt = %proven.attempt, %error, "an answered call goes on unnoted");
            }
            Ok(noted) => drop(noted?),
            Err(_) => {
                tracing::warn!(attempt = %proven.attempt, "an answered call goes on before it is noted");
            }
        }
    }
    Ok(HttpResponse::Ok().content_type(twiml::CONTENT_TYPE).body(xml))
}

/// What a campaign without a voice profile says.
fn one_sentence() -> String {
    let sentence = "This is an automated call. Goodbye.";
    Twiml::new().say(sentence).hang_up().into_xml()
}

/// A call in the middle of its script.
struct Setting<'a> {
    outdial: &'a Orchestrator,
    proven: &'a Proven,
    definition: &'a Definition,
    attempt: &'a Attempt,
    profile: &'a VoiceProfile,
}

impl Setting<'_> {
    fn play(&self, at: Place, asked: &VoiceRequest) -> Result<(String, Heard), Error> {
        let answered_by: Option<AnsweredBy> = self.attempt.answered_by.or(asked.answered_by);
        let at = match at {
            Place::Start => match first_place(self.profile, answered_by) {
                Some(place) => place,
                None => return Ok((Twiml::new().hang_up().into_xml(), Heard::default())),
            },
            other => other,
        };
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let scene = self.profile.scene(at, &answer_of(asked), answered_by, quote);
        let store = self.outdial.inner.store.as_ref();
        let contact = read::contact(
            store,
            self.proven.campaign,
            self.attempt.contact,
            self.attempt.run,
        )?;
        let contact = contact.ok_or_else(|| Error::not_found("contact of attempt", self.attempt.id))?;
        let fields = ContactFields::of(&contact.contact, &self.definition.settings.name);
        let (xml, problems) = perform(self.profile, &scene, &fields, |place| self.url(place));
        let mut heard = scene.heard;
        if !problems.is_empty() {
            heard.problem = Some(problems.join("; "));
        }
        Ok((xml, heard))
    }

    fn url(&self, place: Place) -> String {
        let url = self.outdial.inner.callbacks.url(
            self.proven.line.dialect,
            outdial_domain::ids::LineId(self.proven.line.record.id),
            self.proven.campaign,
            self.proven.attempt,
            "voice",
        );
        format!("{url}{}", place::to_query(place))
    }
}

fn answer_of(asked: &VoiceRequest) -> Answer {
    let not_empty = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let keys = not_empty(&asked.digits).map(Answer::Keys);
    let recording = not_empty(&asked.recording_url).map(Answer::Recording);
    let speech = not_empty(&asked.speech).map(Answer::Speech);
    // The key that ends a recording comes with it.
    let connection = not_empty(&asked.dial_status).map(Answer::Connection);
    recording
        .or(keys)
        .or(speech)
        .or(connection)
        .unwrap_or(Answer::Nothing)
}
