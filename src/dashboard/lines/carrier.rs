//! What an operator has to know and do at the carrier: where it calls back, and what must be pasted there.

use maud::{Markup, html};

use super::{Line, kind_told};
use crate::dashboard::visit::Visit;

/// What a carrier calls the account.
pub(super) fn account_named(kind: &str) -> &'static str {
    match kind {
        "signalwire" => "Project id",
        _ => "Account SID",
    }
}

/// Under which name a line's webhooks stand; a simulated carrier speaks Twilio's protocol.
fn path_name(kind: &str) -> &'static str {
    match kind {
        "signalwire" => "signalwire",
        _ => "twilio",
    }
}

/// Whether an address is one that only this machine or its own network can reach.
pub(super) fn is_local(url: &str) -> bool {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = behind.split('/').next().unwrap_or_default();
    if authority.starts_with('[') {
        return authority.starts_with("[::1]");
    }
    let host = authority.split(':').next().unwrap_or_default();
    let private = ["127.", "10.", "192.168.", "0.0.0.0"];
    !host.contains('.') || private.iter().any(|start| host.starts_with(start))
}

/// Whether a real carrier could not call back.
pub(super) fn is_out_of_reach(visit: &Visit, line: &Line) -> bool {
    line.kind != "simulated" && is_local(&visit.outdial().inner.public_url)
}

/// Where the carrier calls back.
pub(super) fn addresses(visit: &Visit, line: &Line) -> Markup {
    let public_url = visit.outdial().inner.public_url.trim_end_matches('/');
    let base = format!("{public_url}/webhooks/{}/{}", path_name(&line.kind), line.id);
    let carrier = kind_told(&line.kind);
    html! {
        section.sheet {
            h2 { "At the carrier" }
            @if is_out_of_reach(visit, line) {
                p.flash.note {
                    "This outdial says that it stands at " code { (public_url) } ", which " (carrier) " cannot reach: calls \
                     would ring and nothing would ever be heard of them. Start it with OUTDIAL_PUBLIC_URL set to its \
                     address on the internet."
                }
            }
            p {
                "Paste this address at " (carrier) ", for each number of the line, where it asks what to do when a \
                 message or a call comes in (POST). So whoever answers STOP is never called again."
            }
            p id="inbound-label" { b { "Incoming messages and calls" } }
            p { code.secret id="inbound-url" tabindex="0" aria-labelledby="inbound-label" role="textbox" aria-readonly="true" { (base) "/inbound" } }
            p.hint {
                "Nothing else must be set there: with every call outdial says where its progress is to be told, below "
                code { (base) "/attempts/" } "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_no_carrier_reaches_are_told_apart() {
        for local in [
            "http://127.0.0.1:8080",
            "http://localhost:8080/x",
            "http://[::1]:8080",
            "https://outdial",
            "http://192.168.1.4",
        ] {
            assert!(is_local(local), "{local}");
        }
        for public in [
            "https://calls.example.com",
            "https://203.0.113.7:8443/base",
            "http://[2001:db8::1]",
        ] {
            assert!(!is_local(public), "{public}");
        }
    }
}
