//! The first step: what the campaign is, through which line it calls, and who speaks.

use chrono_tz::TZ_VARIANTS;
use maud::{Markup, html};
use outdial_domain::settings::Channel;

use super::offered::{self, with_chosen};
use crate::dashboard::BASE;
use crate::dashboard::badge::words;
use crate::dashboard::campaigns::kinds;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::Form;
use crate::dashboard::visit::Visit;
use crate::view::words::Word;

pub(super) async fn body(visit: &Visit, form: &Form) -> Result<Markup, Failure> {
    let lines = offered::lines(visit).await?;
    let voices = offered::named(visit, "/voice-profiles").await?;
    let mut kinds = kinds();
    kinds.insert(0, (String::new(), "choose one".to_owned()));
    let channels = Channel::ALL
        .iter()
        .map(|channel| (channel.word().to_owned(), words(channel.word())));
    Ok(html! {
        div.parts {
        section.sheet {
            h2 { "What it is" }
            (form.input("name", "Name").required().with("maxlength", "200"))
            (form.select("type", "Kind", kinds).required().hint("What its calls are for. It decides which results they can have."))
            (form.select("channel", "Channel", channels.collect()).required())
            (form.text("description", "Description", 3))
        }
        section.sheet {
            h2 { "Who calls" }
            (line(form, lines))
            (voice(form, voices))
        }
        section.sheet {
            h2 { "Its clock" }
            (form.input("timezone", "Time zone").required().with("list", "zones").with("autocomplete", "off").with("spellcheck", "false")
                .hint("The campaign's own: its schedule goes by it. Contacts are called by their own clocks, unless you say otherwise later."))
            datalist id="zones" { @for zone in TZ_VARIANTS { option value=(zone.name()) {} } }
        }
        }
    })
}

fn line(form: &Form, lines: Option<Vec<(String, String)>>) -> Markup {
    let Some(lines) = lines else {
        return html! { (form.input("line_id", "Line").required().hint("Your key may not see lines: write the id of one.")) };
    };
    if lines.is_empty() {
        return html! {
            div.flash.note id="field-line-id" {
                "There is no line yet, and calls go out through one. "
                a href={ (BASE) "/lines" } { "Add a line" }
                ", then come back: press “Save and leave” first."
            }
        };
    }
    let mut all = with_chosen(lines, form.fields.all("line_id"));
    if all.len() > 1 {
        all.insert(0, (String::new(), "choose one".to_owned()));
    }
    html! { (form.select("line_id", "Line", all).required().hint("The account at a carrier through which calls go out.")) }
}

fn voice(form: &Form, voices: Option<Vec<(String, String)>>) -> Markup {
    let Some(voices) = voices else {
        return html! { (form.input("voice_profile_id", "Voice profile").hint("Your key may not see voice profiles: write the id of one.")) };
    };
    let mut all = with_chosen(voices, form.fields.all("voice_profile_id"));
    all.insert(0, (String::new(), "none: one plain sentence".to_owned()));
    html! {
        (form.select("voice_profile_id", "Voice profile", all).hint("What calls say, and how. The campaign takes a copy, which stays as it is."))
    }
}
