//! The list on its way into the campaign that is reviewed.

use maud::{Markup, html};

use super::super::drafts::Draft;
use super::super::made::Import;
use super::super::path;
use super::super::step::Step;
use crate::dashboard::BASE;
use crate::dashboard::failure::sentence;
use crate::dashboard::numbers::{count, counted};

pub(super) fn shown(draft: &Draft, imports: &[Import]) -> Markup {
    html! { @for import in imports { (one(draft, import)) } }
}

fn one(draft: &Draft, import: &Import) -> Markup {
    let review = path(draft.id, Step::Review);
    html! {
        @match import.state.as_str() {
            "running" => section.sheet id={ "import-" (import.id) } {
                h2 { "The list is being read" }
                div.progress {
                    progress id={ "progress-" (import.id) } max="1" value=[import.progress] aria-label="How much of the list is read" {}
                    span.of { (counted(import.rows_read, "row", "rows")) }
                }
                p { "The rehearsal follows by itself. " a href={ (BASE) (review) } { "Look again" } }
            },
            "completed" => {}
            state => div.flash.refused id={ "import-" (import.id) } {
                "The list “" (import.file_name) "” is " (state) ". "
                @if let Some(reason) = &import.reason { (sentence(reason)) " " }
                (count(import.imported)) " of its contacts were taken in. "
                a href={ (BASE) (path(draft.id, Step::Audience)) } { "Choose it again" }
            }
        }
    }
}
