//! Where something stands: in colour and in words.

use maud::{Markup, html};

/// A badge; its colour follows the word.
pub(super) fn badge(word: &str) -> Markup {
    html! { span class={ "badge " (colour(word)) } { (words(word)) } }
}

/// A word of the API as people write it.
pub(super) fn words(word: &str) -> String {
    word.replace(['_', '-'], " ")
}

fn colour(word: &str) -> &'static str {
    match word {
        "running" | "calling" | "ringing" | "placed" | "intended" | "answered" => "live",
        "completed" | "ended" | "yes" | "ready" => "good",
        "paused" | "unknown" | "held" | "machine" | "deferred" | "withdrawn" => "warn",
        "failed" | "lost" | "refused" | "revoked" | "expired" => "bad",
        "scheduled" | "pending" => "soon",
        _ => "plain",
    }
}
