//! The chapters of the document, in their order.

use serde_json::{Value, json};

/// What a path is about: the first row of which all parts stand in the path, one after the other.
const TAGS: [(&str, &str, &str); 23] = [
    (
        "/campaigns/{id}/contacts",
        "Contacts",
        "Whom a campaign calls, and where each of them stands.",
    ),
    (
        "/campaigns/{id}/imports",
        "Imports",
        "Contact lists as files, of any size.",
    ),
    ("/imports", "Imports", ""),
    (
        "/campaigns/{id}/attempts",
        "Attempts",
        "The ledger: every try to reach somebody, written down before it is made.",
    ),
    ("/attempts", "Attempts", ""),
    ("/campaigns/{id}/events", "Events", "What happens, as it happens."),
    ("/events", "Events", ""),
    (
        "/campaigns",
        "Campaigns",
        "What is to be called, when, and how fast; and what moves a campaign's life.",
    ),
    (
        "/lines",
        "Lines",
        "Provider accounts, through which calls go out.",
    ),
    (
        "/voice-profiles",
        "Voice profiles",
        "How calls speak, and what they say.",
    ),
    (
        "/suppression-lists",
        "Do-not-call lists",
        "Numbers that are not called. The organization's own list always is there, and every campaign heeds it.",
    ),
    (
        "/holiday-calendars",
        "Holidays and laws",
        "When nobody is called: named dates, and what laws say. No legal advice.",
    ),
    ("/law-presets", "Holidays and laws", ""),
    ("/schedule", "Campaigns", ""),
    ("/demo", "Campaigns", ""),
    (
        "/organizations",
        "Access",
        "Who may do what: organizations, their members and API keys; and who did what.",
    ),
    ("/organization", "Access", ""),
    ("/members", "Access", ""),
    ("/api-keys", "Access", ""),
    ("/audit-log", "Access", ""),
    ("/me", "Access", ""),
    (
        "/webhooks",
        "Provider webhooks",
        "Where carriers call back. No API key: the carrier's signature and the attempt's own secret in the URL.",
    ),
    (
        "/",
        "Installation",
        "The service itself: whether it lives and takes work, its copies, and this document.",
    ),
];

/// The chapter to which a path belongs.
pub(super) fn of(path: &str) -> &'static str {
    let row = TAGS.iter().find(|(beginning, ..)| path.starts_with(beginning));
    row.map_or("Installation", |(_, tag, _)| tag)
}

/// All chapters.
pub(super) fn all() -> Vec<Value> {
    let told = TAGS.iter().filter(|(_, _, says)| !says.is_empty());
    told.map(|(_, tag, says)| json!({"name": tag, "description": says}))
        .collect()
}
