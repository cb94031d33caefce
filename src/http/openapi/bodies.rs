//! What bodies hold that are judged as JSON, or read from a form, without ever being one value of one type.
#![expect(dead_code, reason = "these say what bodies hold; nobody makes one")]

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::access::Role;
use crate::spec::{ContactSpec, ScheduleSpec};
use crate::view::schema;

/// Contacts to be added.
#[derive(JsonSchema)]
pub(crate) struct ContactsSpec {
    /// At most 10,000; a longer list is uploaded as an import.
    #[schemars(length(max = 10_000))]
    contacts: Vec<ContactSpec>,
}

/// How a campaign is canceled.
#[derive(JsonSchema)]
pub(crate) struct CancelSpec {
    /// Whether live calls are ended, rather than running out.
    #[schemars(default)]
    hang_up: bool,
}

/// What a call yielded; at least one of the fields. Which of them there are depends on the campaign's type.
#[derive(JsonSchema)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct ResultSpec {
    /// In a sentence or two.
    #[schemars(length(max = 4000))]
    result_summary: Option<String>,
    /// The same in one word of the campaign's own.
    #[schemars(length(max = 100))]
    disposition: Option<String>,
    /// From -1 (bad) to 1 (good).
    #[schemars(range(min = -1.0, max = 1.0))]
    sentiment_score: Option<f64>,
    /// How satisfied the person was, from 0 to 100.
    #[schemars(range(min = 0.0, max = 100.0))]
    satisfaction: Option<f64>,
    /// Whether the lead is worth following up.
    qualified: Option<bool>,
    /// What it brought, in the organization's currency.
    #[schemars(range(min = 0.0, max = 1e12))]
    revenue: Option<f64>,
    /// A secret shopper's scorecard, at most 64 KB as JSON.
    scorecard: Option<Map<String, Value>>,
    /// Answers by the name of what was asked, at most 200, and 64 KB as JSON.
    #[schemars(extend("maxProperties" = 200))]
    answers: Option<Map<String, Value>>,
}

/// To whom a voice profile is spoken.
#[derive(JsonSchema)]
pub(crate) struct SpokenToSpec {
    /// Ada Lovelace, if nobody else.
    contact: Option<ContactSpec>,
}

/// A do-not-call list.
#[derive(JsonSchema)]
#[schemars(rename = "SuppressionListSpec")]
pub(crate) struct SuppressionListFields {
    /// What people call it, unlike every other list of the organization.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// What it is about.
    #[schemars(length(max = 10_000))]
    description: Option<String>,
    /// The region of numbers written without a country code.
    #[schemars(with = "Option<schema::Region>", extend("default" = "US"))]
    default_region: Option<String>,
}

/// Numbers for a do-not-call list.
#[derive(JsonSchema)]
pub(crate) struct SuppressionEntriesSpec {
    /// At most 10,000; a longer list is imported.
    #[schemars(length(max = 10_000))]
    entries: Vec<SuppressionEntrySpec>,
}

/// A number for a do-not-call list.
#[derive(JsonSchema)]
pub(crate) struct SuppressionEntrySpec {
    /// The number as people write it; without a country code it is one of the list's region.
    phone_number: String,
    /// Why, for people.
    #[schemars(length(max = 500))]
    note: Option<String>,
    /// Until when, which must be in the future; without it, for good.
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<String>,
}

/// A holiday calendar.
#[derive(JsonSchema)]
#[schemars(rename = "HolidayCalendarSpec")]
pub(crate) struct HolidayCalendarFields {
    /// What people call it, unlike every other calendar of the organization.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// What it is about.
    #[schemars(length(max = 10_000))]
    description: Option<String>,
    /// Its holidays, no date twice.
    #[schemars(length(max = 1000))]
    dates: Vec<HolidaySpec>,
}

/// A day off.
#[derive(JsonSchema)]
pub(crate) struct HolidaySpec {
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// `2026-12-25`, or `12-25` where it is of every year.
    #[schemars(regex(pattern = "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"))]
    date: String,
    /// Whether it is of every year.
    #[schemars(default)]
    yearly: bool,
}

/// A contact list as a form.
#[derive(JsonSchema)]
pub(crate) struct ListForm {
    /// CSV or other delimited text, XLSX or XLS; told apart by its bytes.
    #[schemars(with = "schema::File")]
    file: Vec<u8>,
    /// The region of numbers written without a country code; the campaign's where left out.
    #[schemars(with = "Option<schema::Region>")]
    default_region: Option<String>,
    /// The worksheet of a workbook; the first with anything in it where left out.
    sheet: Option<String>,
    /// The column of phone numbers. A column goes by its name as the preview shows it, or by its place: `#3` is the
    /// third. The columns that are left out are found; an empty text says that the list has none such, and what has
    /// no field is kept as custom data.
    #[schemars(length(min = 1, max = 1024))]
    phone_number_column: Option<String>,
    /// The column of names; given several times, such as for first and last name, they are joined in this order.
    #[schemars(length(max = 8), inner(length(max = 1024)))]
    name_column: Option<Vec<String>>,
    /// The column of e-mail addresses.
    #[schemars(length(max = 1024))]
    email_column: Option<String>,
    /// The column of time zones.
    #[schemars(length(max = 1024))]
    timezone_column: Option<String>,
    /// The column of instants before which a contact is not to be called.
    #[schemars(length(max = 1024))]
    not_before_column: Option<String>,
    /// The column of the list keeper's own ids of persons.
    #[schemars(length(max = 1024))]
    person_id_column: Option<String>,
}

/// A list of numbers as a form.
#[derive(JsonSchema)]
pub(crate) struct NumbersForm {
    /// CSV or other delimited text, XLSX or XLS; told apart by its bytes.
    #[schemars(with = "schema::File")]
    file: Vec<u8>,
    /// The region of numbers written without a country code; the list's where left out.
    #[schemars(with = "Option<schema::Region>")]
    default_region: Option<String>,
    /// Why, for all of them; the file's name where left out.
    #[schemars(length(max = 500))]
    note: Option<String>,
    /// Until when, for all of them; for good where left out.
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<String>,
}

/// What a carrier tells of a call. There is more in it, which is not needed.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub(crate) struct StatusForm {
    /// The carrier's id of the call.
    #[schemars(rename = "CallSid")]
    call_sid: String,
    /// How it goes.
    #[schemars(rename = "CallStatus")]
    call_status: String,
    /// Talk time in seconds, where it is over.
    #[schemars(rename = "CallDuration")]
    call_duration: Option<String>,
}

/// What a carrier found out about who answered. There is more in it, which is not needed.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub(crate) struct DetectionForm {
    /// The carrier's id of the call.
    #[schemars(rename = "CallSid")]
    call_sid: String,
    /// Who answered.
    #[schemars(rename = "AnsweredBy")]
    answered_by: String,
}

/// A carrier that asks what an answered call is to say. There is more in it, which is not needed.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub(crate) struct VoiceForm {
    /// The carrier's id of the call.
    #[schemars(rename = "CallSid")]
    call_sid: String,
    /// How it goes.
    #[schemars(rename = "CallStatus")]
    call_status: String,
    /// The keys that were pressed.
    #[schemars(rename = "Digits")]
    digits: Option<String>,
    /// What was said.
    #[schemars(rename = "SpeechResult")]
    speech: Option<String>,
}

/// A message, or a call, to one of a line's numbers. There is more in it, which is not needed.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub(crate) struct InboundForm {
    /// Who writes, or calls.
    #[schemars(rename = "From")]
    from: String,
    /// The number of the line.
    #[schemars(rename = "To")]
    to: String,
    /// What they write.
    #[schemars(rename = "Body")]
    body: Option<String>,
    /// The carrier's id of the message.
    #[schemars(rename = "MessageSid")]
    message_sid: Option<String>,
    /// The carrier's id of the call.
    #[schemars(rename = "CallSid")]
    call_sid: Option<String>,
}

/// An organization.
#[derive(JsonSchema)]
#[schemars(rename = "OrganizationSpec")]
pub(crate) struct OrganizationFields {
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// What it may do at most.
    limits: Option<LimitsFields>,
}

/// What an organization may do at most.
#[derive(JsonSchema)]
#[schemars(rename = "LimitsSpec")]
pub(crate) struct LimitsFields {
    /// Campaigns that it may create in a minute; left out, as many as the installation allows everybody.
    #[schemars(range(min = 1, max = 100_000))]
    campaigns_per_minute: Option<u32>,
}

/// What an organization's own people may change of it.
#[derive(JsonSchema)]
#[schemars(inline)]
pub(crate) struct OrganizationName {
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    name: String,
}

/// A member of an organization.
#[derive(JsonSchema)]
#[schemars(rename = "MemberSpec")]
pub(crate) struct MemberFields {
    /// What the person is called.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// The person's address, unlike every other member's.
    #[schemars(email)]
    email: String,
    /// What the person may do.
    #[schemars(with = "schema::OneOf<Role>")]
    role: Role,
}

/// An API key.
#[derive(JsonSchema)]
#[schemars(rename = "ApiKeySpec")]
pub(crate) struct ApiKeyFields {
    /// What it is for.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// What it may do at most: no more than whoever makes it.
    #[schemars(with = "Option<schema::OneOf<Role>>", extend("default" = "viewer"))]
    role: Option<Role>,
    /// To what it is confined, such as `campaigns:read`; left out, to nothing less than its role.
    scopes: Option<Vec<String>>,
    /// Whose it is; it may never do more than this member.
    #[schemars(with = "Option<schema::Id>")]
    member_id: Option<String>,
    /// Until when it lets in; left out, until it is revoked.
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<String>,
}

/// What can be changed of an API key.
#[derive(JsonSchema)]
#[schemars(inline)]
pub(crate) struct ApiKeyChanges {
    /// What it is for.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// To what it is confined.
    scopes: Option<Vec<String>>,
    /// Until when it lets in.
    #[schemars(with = "Option<schema::Time>")]
    expires_at: Option<String>,
}

/// What is to be different in a duplicate; every other field of a campaign that can be edited may stand here, too.
#[derive(JsonSchema)]
pub(crate) struct DuplicateFields {
    /// What people call it; left out, as the other one with " (copy)" behind.
    #[schemars(length(min = 1, max = 200))]
    name: Option<String>,
    /// When it begins and ends.
    schedule: Option<ScheduleSpec>,
}
