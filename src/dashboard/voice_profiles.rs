//! Voice profiles: all of them, and one with its script in words and what a contact would hear.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::api::List;
use super::failure::Failure;
use super::numbers::duration;
use super::page::{Page, Part};
use super::pager::{pager, query};
use super::visit::Visit;
use super::{BASE, id_named, resource};
use crate::access::{Area, Role};

mod asked;
mod form;
mod heard;
mod preview;
mod script;
mod variables;

use script::Step;

pub(super) fn routes(config: &mut ServiceConfig) {
    let one = format!("/voice-profiles/{}", id_named("id"));
    config
        .service(resource("/voice-profiles", [(Method::GET, web::get().to(list))]))
        .service(resource(
            "/voice-profiles/new",
            [
                (Method::GET, web::get().to(form::ask)),
                (Method::POST, web::post().to(form::create)),
            ],
        ))
        .service(resource(&one, [(Method::GET, web::get().to(show))]))
        .service(resource(
            &format!("{one}/edit"),
            [
                (Method::GET, web::get().to(form::edit)),
                (Method::POST, web::post().to(form::change)),
            ],
        ))
        .service(resource(
            &format!("{one}/delete"),
            [(Method::POST, web::post().to(delete))],
        ));
}

/// A voice profile.
#[derive(Debug, Clone, Deserialize)]
struct Profile {
    id: Uuid,
    name: String,
    description: String,
    voice: Option<String>,
    language: Option<String>,
    speaking_rate: f64,
    style: Option<String>,
    greeting: Option<String>,
    fallback: String,
    voicemail: Option<String>,
    script: Vec<Step>,
    machine_detection: Detection,
    max_duration_seconds: Option<u32>,
    record: bool,
    agent_prompt: Option<String>,
    flow_id: Option<String>,
    handoff_triggers: Vec<String>,
    qualification_threshold: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Detection {
    mode: String,
    timeout_seconds: u32,
    on_machine: String,
}

impl Profile {
    fn path(&self) -> String {
        format!("/voice-profiles/{}", self.id)
    }

    /// Whether there is anything for an agent to know.
    fn has_agent(&self) -> bool {
        self.agent_prompt.is_some()
            || self.flow_id.is_some()
            || self.style.is_some()
            || !self.handoff_triggers.is_empty()
            || self.qualification_threshold.is_some()
    }
}

fn may_change(visit: &Visit) -> bool {
    visit.may(Role::Admin, Area::VoiceProfiles, true)
}

fn page(visit: &Visit, title: &str, body: Markup) -> HttpResponse {
    visit.page(&Page {
        title,
        part: Part::Voices,
        events: None,
        body,
    })
}

#[derive(Deserialize)]
struct Shown {
    cursor: Option<String>,
}

async fn list(visit: Visit, shown: Query<Shown>) -> Result<HttpResponse, Failure> {
    let cursor = shown.cursor.as_deref();
    let asked = query(&[("limit", "50"), ("cursor", cursor.unwrap_or_default())]);
    let profiles: List<Profile> = visit.api.get(&format!("/voice-profiles{asked}")).await?;
    let body = html! {
        div.heading {
            h1 { "Voice profiles" }
            @if may_change(&visit) {
                a.button.primary href={ (BASE) "/voice-profiles/new" } { "New voice profile" }
            }
        }
        p.lead { "What a call says and asks, how it sounds, and what it does when a machine answers." }
        @if profiles.items.is_empty() && cursor.is_none() {
            div.sheet {
                p { "There is no voice profile yet." }
                @if may_change(&visit) {
                    p { "Write one: a greeting is enough. A campaign that calls names the profile it speaks with." }
                } @else { p { "Somebody with the role admin writes them." } }
            }
        } @else {
            div.table tabindex="0" role="region" aria-label="Voice profiles" {
                table {
                    thead { tr { th scope="col" { "Profile" } th scope="col" { "Begins with" } th scope="col" { "Language" }
                        th.number scope="col" { "Steps" } th scope="col" { "When a machine answers" } } }
                    tbody {
                        @for profile in &profiles.items {
                            tr id={ "profile-" (profile.id) } {
                                th.name scope="row" { a href={ (BASE) (profile.path()) } { (profile.name) } }
                                td.text { (script::beginning(profile.greeting.as_deref(), &profile.script)) }
                                td { (profile.language.as_deref().unwrap_or("the carrier's")) }
                                td.number { (profile.script.len()) }
                                td { (on_machine(&profile.machine_detection)) }
                            }
                        }
                    }
                }
            }
            (pager(&format!("{BASE}/voice-profiles"), &[], cursor, profiles.next_cursor.as_deref()))
        }
    };
    Ok(page(&visit, "Voice profiles", body))
}

/// What is done when a machine answers.
fn on_machine(detection: &Detection) -> &'static str {
    match (detection.mode.as_str(), detection.on_machine.as_str()) {
        ("off", _) => "nobody listens for one",
        (_, "leave_message") => "leaves the message",
        (_, "continue") => "goes on as with a person",
        _ => "hangs up",
    }
}

async fn show(
    visit: Visit,
    id: Path<String>,
    asked: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let profile: Profile = visit.api.get(&format!("/voice-profiles/{id}")).await?;
    let preview = preview::of(&visit, &profile, asked.into_inner()).await?;
    let body = html! {
        p.crumbs { a href={ (BASE) "/voice-profiles" } { "Voice profiles" } }
        (heading(&visit, &profile))
        div.conversation {
            section.sheet aria-labelledby="says" {
                h2 id="says" { "What it says" }
                (script::shown(profile.greeting.as_deref(), &profile.script))
                p.hint { "Where nothing else can be said: “" (profile.fallback) "”" }
            }
            (preview::shown(&profile, &preview))
        }
        div.columns { (sound(&profile)) (machines(&profile)) @if profile.has_agent() { (agent(&profile)) } }
    };
    Ok(page(&visit, &profile.name, body))
}

fn heading(visit: &Visit, profile: &Profile) -> Markup {
    html! {
        div.heading {
            h1 { (profile.name) }
            @if may_change(visit) {
                div.actions {
                    a.button.quiet href={ (BASE) (profile.path()) "/edit" } { "Edit" }
                    form method="post" action={ (BASE) (profile.path()) "/delete" } {
                        button.quiet.danger id="delete" data-ask={ "Delete the voice profile “" (profile.name) "”? Campaigns keep their copies." } {
                            "Delete"
                        }
                    }
                }
            }
        }
        @if !profile.description.is_empty() { p.lead { (profile.description) } }
    }
}

fn sound(profile: &Profile) -> Markup {
    html! {
        section.sheet aria-labelledby="sound" {
            h2 id="sound" { "How it sounds" }
            dl.pairs {
                dt { "Language" } dd { (profile.language.as_deref().unwrap_or("the carrier's own")) }
                dt { "Voice" } dd { (profile.voice.as_deref().unwrap_or("the carrier's own")) }
                dt { "Speaking rate" } dd {
                    @if (profile.speaking_rate - 1.0).abs() < f64::EPSILON { "the voice's own" }
                    @else { (profile.speaking_rate) " times the voice's own" }
                }
                dt { "Longest call" } dd {
                    (profile.max_duration_seconds.map_or("as the carrier allows".to_owned(), |seconds| duration(seconds.into())))
                }
                dt { "Recorded" } dd { @if profile.record { "yes" } @else { "no" } }
            }
        }
    }
}

fn machines(profile: &Profile) -> Markup {
    let detection = &profile.machine_detection;
    html! {
        section.sheet aria-labelledby="machines" {
            h2 id="machines" { "Answering machines" }
            dl.pairs {
                dt { "When one answers" } dd { (on_machine(detection)) }
                @if detection.mode != "off" {
                    dt { "Listened for" } dd {
                        "up to " (duration(detection.timeout_seconds.into()))
                        @if detection.mode == "wait_for_end" { ", until its greeting is over" }
                    }
                }
                @if let Some(message) = &profile.voicemail { dt { "Message" } dd.said { (message) } }
            }
        }
    }
}

fn agent(profile: &Profile) -> Markup {
    html! {
        section.sheet aria-labelledby="agent" {
            h2 id="agent" { "What an agent is told" }
            dl.pairs {
                @if let Some(prompt) = &profile.agent_prompt { dt { "Prompt" } dd.said { (prompt) } }
                @if let Some(style) = &profile.style { dt { "Style" } dd { (style) } }
                @if let Some(flow) = &profile.flow_id { dt { "Flow" } dd { code { (flow) } } }
                @if !profile.handoff_triggers.is_empty() {
                    dt { "Hands over at" } dd { ul { @for trigger in &profile.handoff_triggers { li { (trigger) } } } }
                }
                @if let Some(score) = profile.qualification_threshold { dt { "Qualified from" } dd { (score) } }
            }
        }
    }
}

async fn delete(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("/voice-profiles/{id}");
    match visit.api.delete(&own).await {
        Ok(_) => Ok(visit.done("/voice-profiles", "The voice profile is deleted.")),
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}
