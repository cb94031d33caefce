//! What a campaign was told to do: now, and in every version before.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::settings::Names;
use super::{Tab, Whole, framed, versions};
use crate::dashboard::failure::Failure;
use crate::dashboard::visit::Visit;
use crate::dashboard::week::week;

/// Which part of the list of versions is looked at.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    cursor: Option<String>,
}

pub(super) async fn page(visit: Visit, id: Path<String>, from: Query<From>) -> Result<HttpResponse, Failure> {
    let whole = Whole::read(&visit, &id).await?;
    let names = Names::read(&visit, whole.campaign.line_id).await?;
    let versions = versions::read(&visit, &whole, from.cursor.as_deref()).await?;
    let body = html! {
        section.sheet id="settings" data-live="" {
            div.heading {
                h2 { "Version " (whole.campaign.config_version) ", which holds now" }
                @if visit.may_run() && !whole.has_ended() {
                    a.button.primary id="edit" href=(whole.address("/configuration/edit")) { "Change it" }
                }
            }
            (in_words(&whole, &names))
        }
        section id="versions" data-live="" {
            h2 { "Versions" }
            (versions::shown(&visit, &whole, &names, &versions, from.cursor.as_deref()))
        }
    };
    Ok(framed(&visit, &whole, Tab::Configuration, None, &body))
}

fn in_words(whole: &Whole, names: &Names) -> Markup {
    html! {
        div.columns {
            dl.pairs {
                @for told in whole.settings.told(names) { dt { (told.what) } dd { (told.words) } }
            }
            div {
                h3 { "When it may call" }
                (week(&whole.settings.calling_windows, "windows"))
                @if let Some(snapshot) = &whole.voice {
                    h3 { "What its calls say" }
                    dl.pairs {
                        dt { "Voice profile" } dd { (snapshot.name) }
                        dt { "Voice" } dd { (snapshot.voice.as_deref().unwrap_or("the carrier's own")) ", " (snapshot.language.as_deref().unwrap_or("in its own language")) }
                        dt { "Greeting" } dd { (snapshot.greeting.as_deref().unwrap_or("–")) }
                    }
                    p.hint { "As it was when the campaign was created: a change of the profile changes nothing here." }
                }
            }
        }
    }
}
