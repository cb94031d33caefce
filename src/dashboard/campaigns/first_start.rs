//! What an empty store shows: the way to a first campaign, real or for show.

use maud::{Markup, html};

use crate::dashboard::BASE;
use crate::dashboard::visit::Visit;

pub(super) fn shown(visit: &Visit) -> Markup {
    html! {
        section.first {
            h2 { "Nobody has been called yet" }
            p.lead { "outdial rings every contact of a list, at a lawful hour and a steady pace." }
            div.ways {
                @if visit.caller.is_super_admin {
                    section.way {
                        h3 { "See it work" }
                        p { "A simulated carrier on this machine, a list of made-up contacts, a campaign that runs for a minute. No phone rings." }
                        a.button.primary href={ (BASE) "/demo" } { "Try a demo" }
                    }
                }
                @if visit.may_run() {
                    section.way {
                        h3 { "Call people" }
                        ol {
                            li { a href={ (BASE) "/lines" } { "Add a line" } ": your account at Twilio or SignalWire." }
                            li { a href={ (BASE) "/voice-profiles" } { "Write what is said" } "." }
                            li { a href={ (BASE) "/campaigns/new" } { "Create a campaign" } " with your list." }
                        }
                    }
                } @else {
                    p { "You may look at campaigns. Somebody with the role operator creates them." }
                }
            }
        }
    }
}
