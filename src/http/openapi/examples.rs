//! What everything that is taken or answered looks like. Each example is a file beside this one, held against its
//! schema by the tests.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::bodies::{
    ApiKeyChanges, ApiKeyFields, CancelSpec, ContactsSpec, DetectionForm, DuplicateFields,
    HolidayCalendarFields, InboundForm, ListForm, MemberFields, NumbersForm, OrganizationFields,
    OrganizationName, ResultSpec, SpokenToSpec, StatusForm, SuppressionEntriesSpec, SuppressionListFields,
    VoiceForm,
};
use crate::http::law_presets::Presets;
use crate::http::page::Page;
use crate::lines::LineSpec;
use crate::spec::{CampaignSpec, RehearsalSpec, RowError};
use crate::view::{
    AddedView, AliveView, ApiKeyView, AttemptView, AuditEntryView, CampaignView, ConfigVersionView,
    ContactView, EnteredFileView, EnteredView, ExplanationView, HolidayCalendarView, ImportView, LineView,
    MadeApiKeyView, MadeOrganizationView, MeView, MemberView, OccurrencesView, OpenedImportView,
    OrganizationView, PausedView, ProfileView, ReadyView, RehearsalView, ReleasedView, SpokenView, StatsView,
    SuppressionCheckView, SuppressionListView, SuppressionView, SystemView, TrendView, VoiceProfileView,
    WholeContactView,
};

/// What can be taken or answered: it has a schema, and an example.
pub(crate) trait Example: JsonSchema {
    /// What it looks like.
    fn example() -> Value;
}

/// Types, each with the file of its example.
macro_rules! examples {
    ($($shown:ty => $file:literal,)+) => {$(
        impl Example for $shown {
            fn example() -> Value {
                let text = include_str!(concat!("examples/", $file, ".json"));
                serde_json::from_str(text).expect(concat!($file, ".json is JSON, which the tests see to"))
            }
        }
    )+};
}

examples! {
    ApiKeyChanges => "api_key_changes",
    ApiKeyFields => "new_api_key",
    ApiKeyView => "api_key",
    AuditEntryView => "audit_entry",
    ConfigVersionView => "config_version",
    DuplicateFields => "duplicate",
    MadeApiKeyView => "made_api_key",
    MadeOrganizationView => "made_organization",
    MeView => "me",
    MemberFields => "new_member",
    MemberView => "member",
    OrganizationFields => "new_organization",
    OrganizationName => "organization_name",
    OrganizationView => "organization",
    Vec<AuditEntryView> => "exported_audit_log",
    AddedView => "added_contacts",
    AliveView => "alive",
    AttemptView => "attempt",
    CampaignSpec => "new_campaign",
    CampaignView => "campaign",
    CancelSpec => "cancel",
    ContactView => "contact",
    ContactsSpec => "new_contacts",
    DetectionForm => "carrier_detection",
    EnteredFileView => "entered_file",
    EnteredView => "entered",
    ExplanationView => "explanation",
    HolidayCalendarFields => "new_holiday_calendar",
    HolidayCalendarView => "holiday_calendar",
    ImportView => "import",
    InboundForm => "carrier_inbound",
    LineSpec => "new_line",
    LineView => "line",
    ListForm => "list_form",
    NumbersForm => "numbers_form",
    OccurrencesView => "occurrences",
    OpenedImportView => "opened_import",
    outdial_contacts::Preview => "list_preview",
    PausedView => "paused",
    SpokenToSpec => "spoken_to",
    ProfileView => "new_voice_profile",
    ReadyView => "ready",
    RehearsalSpec => "new_rehearsal",
    RehearsalView => "rehearsal",
    ReleasedView => "released",
    ResultSpec => "result",
    RowError => "rejected_row",
    SpokenView => "spoken",
    StatsView => "stats",
    StatusForm => "carrier_status",
    SuppressionCheckView => "suppression_check",
    SuppressionEntriesSpec => "new_suppressions",
    SuppressionListFields => "new_suppression_list",
    SuppressionListView => "suppression_list",
    SuppressionView => "suppression",
    SystemView => "system",
    TrendView => "trend",
    VoiceForm => "carrier_voice",
    VoiceProfileView => "voice_profile",
    WholeContactView => "whole_contact",
    Presets => "law_presets",
    Vec<ContactView> => "exported_contacts",
}

impl<T: Example> Example for Page<T> {
    fn example() -> Value {
        json!({"items": [T::example()], "total": 1, "next_cursor": null})
    }
}

/// An OpenAPI document.
pub(super) struct Document;

impl JsonSchema for Document {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Document".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "required": ["openapi", "info", "paths"]})
    }
}

impl Example for Document {
    fn example() -> Value {
        json!({"openapi": "3.1.0", "info": {"title": "outdial", "version": "0.1.0"}, "paths": {}})
    }
}
