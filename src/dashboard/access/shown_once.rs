//! A new key, on the answer of the very request that made it: it stands in no cookie, no address and no store.

use maud::{Markup, html};

use crate::dashboard::BASE;

/// Shows a key, with a way on to `path`.
pub(super) fn key(title: &str, about: &Markup, key: &str, path: &str) -> Markup {
    html! {
        div.heading { h1 { (title) } }
        section.sheet {
            (about)
            div.flash.note role="status" {
                b { "Copy the key now. " }
                "It is shown this once: outdial keeps a hash of it only. Whoever has it may do what it may do, so keep \
                 it where you keep passwords."
            }
            p id="new-key-label" { "The key (one click selects all of it):" }
            p { code.secret id="new-key" tabindex="0" aria-labelledby="new-key-label" role="textbox" aria-readonly="true" { (key) } }
            p { a.button.primary href={ (BASE) (path) } { "I have copied it" } }
        }
    }
}
