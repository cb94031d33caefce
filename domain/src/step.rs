//! What goes into a campaign, and what comes out: the vocabulary of [`Campaign::step`].
//!
//! Decide, commit, then act: the caller makes `writes` durable in one atomic batch, and only then
//! runs `actions`, tells `events` and gives `reply`. A step without writes has nothing to wait
//! for but the steps before it.
//!
//! [`Campaign::step`]: crate::campaign::Campaign::step

use std::sync::Arc;

use crate::attempt::Attempt;
use crate::calendar::Calendars;
use crate::call::{CallFact, FoundCall, News, Placement};
use crate::campaign::FixedField;
use crate::caps::Past;
use crate::contact::{Contact, ContactState, ContactStatus};
use crate::ids::{AttemptId, ContactId, ImportId, LaneId};
use crate::import::{Candidate, Chunk, Import, ImportState, RejectedRow};
use crate::lane::{LaneState, Ready, Scan};
use crate::lifecycle::{Command, ContactCommand, Status};
use crate::phone::PhoneNumber;
use crate::progress::Progress;
use crate::runs::Runs;
use crate::settings::{Definition, Detection, Settings};
use crate::tally::{Minute, Sheet, Tally};
use crate::time::{Millis, Timestamp};

/// Everything that can happen to a campaign.
#[derive(Debug, Clone)]
pub enum Input {
    /// It was loaded from the store, and nothing in flight can be trusted to be watched.
    Woken,
    /// Its alarm went off.
    Alarm,
    /// A person asks.
    Command(Command),
    /// A person asks something for one contact.
    ForContact {
        /// What.
        command: ContactCommand,
        /// For whom.
        id: ContactId,
        /// The contact as stored, with what it has been through; the engine fills it in.
        found: Option<Box<Ready>>,
    },
    /// Its holiday calendars may have changed; the engine fills in what they are now.
    Calendars(Option<Arc<Calendars>>),
    /// A person changes its configuration.
    Edit(Box<Edit>),
    /// A person wants it gone, if its configuration still has this version.
    Delete {
        /// The version that the person has seen; `None`: whichever it is.
        if_version: Option<u32>,
    },
    /// Contacts given directly.
    AddContacts(Vec<Candidate>),
    /// A list was uploaded.
    OpenImport(Import),
    /// The next rows of a list.
    ImportChunk(Chunk),
    /// A person wants no more of a list that is being read.
    CancelImport(ImportId),
    /// What was read of the lane's untried contacts; `None` where the store has no such block.
    UntriedRead {
        /// The lane.
        lane: LaneId,
        /// The block read, and its contacts from the cursor on, less those touched in this run.
        block: Option<(u32, Vec<Ready>)>,
    },
    /// What was read of the lane's waiting rows, earliest first, at most [`crate::lane::HAND_LIMIT`].
    WaitingRead {
        /// The lane.
        lane: LaneId,
        /// Who waits, and until when.
        contacts: Vec<(Timestamp, Ready)>,
    },
    /// The line allows one start now.
    Permit {
        /// The caller id to show.
        from: PhoneNumber,
    },
    /// The line forgot that it was asked.
    PermitLost,
    /// An attempt's intent is durable.
    IntentDurable(AttemptId),
    /// What came of asking the carrier for a call.
    Placement {
        /// The attempt.
        attempt: AttemptId,
        /// The carrier's answer.
        placement: Placement,
    },
    /// There is news of a live attempt.
    Report {
        /// The attempt.
        attempt: AttemptId,
        /// What is new.
        news: News,
    },
    /// There is news of an attempt that is over.
    LateReport {
        /// The attempt as stored.
        attempt: Box<Attempt>,
        /// What is new.
        news: News,
    },
    /// The carrier's answer about a call that it has.
    Polled {
        /// The attempt.
        attempt: AttemptId,
        /// What it says; `Ok(None)`: it knows no such call.
        answer: Result<Option<CallFact>, String>,
    },
    /// The carrier's answer about an attempt of unknown fate: the calls that may be it, without
    /// those known to belong to other attempts.
    LookedUp {
        /// The attempt.
        attempt: AttemptId,
        /// The candidates.
        answer: Result<Vec<FoundCall>, String>,
    },
}

/// A change of a campaign's configuration.
#[derive(Debug, Clone)]
pub struct Edit {
    /// What it is to be from now on.
    pub settings: Settings,
    /// The version that is changed; `None`: whichever it is.
    pub if_version: Option<u32>,
    /// Who changes it.
    pub by: String,
    /// The holiday calendars that the settings name, where they are others than before; the engine fills them in.
    pub calendars: Option<Arc<Calendars>>,
}

/// A row to be written.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new version of the campaign's configuration.
    Definition {
        /// The version before, which is kept.
        before: Box<Definition>,
        /// The one that holds from now on.
        now: Box<Definition>,
    },
    /// The campaign is no more: nothing finds it, and what is left of it is swept away.
    Deleted,
    /// The campaign's status and figures.
    Progress(Box<Progress>),
    /// A lane.
    Lane(LaneId, LaneState),
    /// A block of contacts, immutable from here on, with the index of their numbers.
    Block {
        /// The lane.
        lane: LaneId,
        /// The block's number in the campaign.
        number: u32,
        /// At most 256 contacts; a contact's place is its index.
        contacts: Vec<Contact>,
    },
    /// What a contact has been through.
    Contact(ContactId, ContactState),
    /// A line of the ledger with its indexes.
    Attempt(Box<Attempt>),
    /// The carrier's id of an attempt's call, once, when it becomes known.
    Call {
        /// The carrier's id.
        provider_id: String,
        /// The attempt.
        attempt: AttemptId,
    },
    /// What a recurring campaign remembers of its runs.
    Runs(Box<Runs>),
    /// What an attempt means to the caps of the number that it called, or may have; `None`: it never rang.
    Tried {
        /// The number.
        phone: PhoneNumber,
        /// The attempt.
        attempt: AttemptId,
        /// When it was, and whether somebody was spoken to.
        past: Option<Past>,
    },
    /// What happened in a minute, as far as a sheet knows.
    Tally {
        /// The minute.
        minute: Minute,
        /// The sheet.
        sheet: Sheet,
        /// What happened.
        tally: Tally,
    },
    /// A contact waits until an instant.
    Wait(Timestamp, ContactId),
    /// It waits no longer.
    Unwait(Timestamp, ContactId),
    /// An import.
    Import(Import),
    /// A row of an import that could not be used.
    Rejected(ImportId, RejectedRow),
}

/// What is to be done once the writes are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Tell the campaign that this intent is durable ([`Input::IntentDurable`]).
    ConfirmIntent(AttemptId),
    /// Ask the line for one permit.
    AskPermit,
    /// Give an unused permit back.
    ReturnPermit,
    /// Ask the carrier for the call, now.
    Place(PlaceOrder),
    /// Ask the carrier where a call stands.
    Poll {
        /// The attempt.
        attempt: AttemptId,
        /// The carrier's id of the call.
        provider_id: String,
    },
    /// Ask the carrier whether it has a call that may be this attempt.
    LookUp {
        /// The attempt.
        attempt: AttemptId,
        /// The number rung.
        to: PhoneNumber,
        /// The caller id shown.
        from: PhoneNumber,
        /// Calls created before this instant are not it.
        since: Timestamp,
    },
    /// End a call.
    HangUp {
        /// The carrier's id of the call.
        provider_id: String,
    },
    /// Let a live call go on with the voicemail message: a machine has answered, and listens.
    LeaveMessage {
        /// The attempt.
        attempt: AttemptId,
        /// The carrier's id of the call.
        provider_id: String,
    },
    /// Let the line wait: the carrier asked for it, or cannot be reached.
    SlowLine {
        /// How long, if the carrier said.
        retry_after: Option<Millis>,
        /// What the carrier, or the attempt to reach it, said.
        reason: String,
    },
    /// The carrier answers normally.
    LineWorks,
    /// Start or go on reading an uploaded list.
    ReadImport(ImportId),
}

/// A call to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The attempt.
    pub attempt: AttemptId,
    /// Whom to ring.
    pub to: PhoneNumber,
    /// The caller id to show.
    pub from: PhoneNumber,
    /// How long it may ring, in seconds.
    pub ring_timeout_seconds: u32,
    /// How the carrier is to listen for answering machines.
    pub detection: Option<Detection>,
    /// How long it may last, in seconds; `None`: as the carrier allows.
    pub max_duration_seconds: Option<u32>,
    /// Whether the carrier is to record it.
    pub record: bool,
}

/// What is worth telling to those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The campaign was created.
    Created,
    /// Its configuration changed.
    Edited {
        /// The version that holds from now on.
        config_version: u32,
    },
    /// The campaign was deleted.
    Deleted,
    /// An import was opened, or is over.
    Import {
        /// Which.
        import: ImportId,
        /// Where it stands.
        state: ImportState,
    },
    /// The campaign's status changed.
    Campaign {
        /// The new status.
        status: Status,
        /// Why.
        reason: Option<String>,
    },
    /// Starts of a recurring or scheduled campaign were left out.
    StartSkipped {
        /// When the last of them was due.
        due: Timestamp,
        /// How many they are.
        count: u32,
        /// Why.
        reason: String,
    },
    /// An attempt moved.
    Attempt {
        /// Which.
        attempt: AttemptId,
        /// Whose.
        contact: ContactId,
        /// To where.
        state: crate::attempt::AttemptState,
    },
    /// The carrier speaks of another call than the one that it made for the attempt: somebody else's callback,
    /// or a defect that deserves to be looked at. Nothing was changed.
    ForeignCall {
        /// The attempt that was named.
        attempt: AttemptId,
        /// The call that it is known by.
        known: Option<String>,
    },
    /// A contact moved.
    Contact {
        /// Which.
        contact: ContactId,
        /// To where.
        status: ContactStatus,
    },
}

/// A granted request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Done.
    Done,
    /// News was taken in.
    Noted,
    /// Paused: nothing is started any more but what the fence names.
    Paused(Fence),
    /// Contacts were taken in.
    Added(Added),
}

/// What may still happen after a pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The last attempt that was sent.
    pub last_attempt: Option<AttemptId>,
    /// Every attempt that is in flight.
    pub in_flight: Vec<AttemptId>,
}

/// What came of adding contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Added {
    /// How many are new.
    pub imported: u64,
    /// Rows whose number was there already.
    pub duplicates: Vec<u64>,
}

/// A refused request; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The campaign's status does not allow it.
    #[error("cannot {command} a campaign that is {status}{}; {}", closing_text(*.closing), allowed_text(*.status, *.closing))]
    IllegalMove {
        /// What was asked.
        command: &'static str,
        /// Where the campaign stands.
        status: Status,
        /// Whether it lets its last calls run out.
        closing: bool,
    },
    /// There is nobody to call.
    #[error("the campaign has no contacts; add some, or upload a list, before you start it")]
    NobodyToCall,
    /// Contacts come too late.
    #[error("the campaign is {status}{}, so it takes no more contacts; duplicate it instead", closing_text(*.closing))]
    TooLateForContacts {
        /// Where the campaign stands.
        status: Status,
        /// Whether it lets its last calls run out.
        closing: bool,
    },
    /// A call that was never made yields nothing.
    #[error("the attempt is {state}: it never rang, so it has no result")]
    NeverRang {
        /// Where the attempt stands.
        state: &'static str,
    },
    /// No start of its schedule is left.
    #[error(
        "no start of the campaign's schedule is left before its end; change `schedule` in a duplicate of it"
    )]
    NoStartLeft,
    /// The contact's status does not allow it.
    #[error("cannot {command} a contact that is {status}{}; {allowed}", because(.reason.as_deref()))]
    ContactCannot {
        /// What was asked.
        command: &'static str,
        /// Where the contact stands.
        status: &'static str,
        /// Why it stands there, where that matters.
        reason: Option<String>,
        /// Where it would be allowed.
        allowed: &'static str,
    },
    /// Nobody is called again in a campaign that is over.
    #[error("the campaign is {status}{}, so nobody in it is called again; duplicate it instead", closing_text(*.closing))]
    TooLateToRequeue {
        /// Where the campaign stands.
        status: Status,
        /// Whether it lets its last calls run out.
        closing: bool,
    },
    /// Nothing of it is to come, or nothing new.
    #[error("the campaign is {status}{}, so its configuration stays as it is; duplicate it instead", closing_text(*.closing))]
    TooLateToEdit {
        /// Where the campaign stands.
        status: Status,
        /// Whether it lets its last calls run out.
        closing: bool,
    },
    /// Some fields stay as they are.
    #[error("{}", fixed_text(.0))]
    Fixed(Vec<FixedField>),
    /// Somebody else was faster.
    #[error("the campaign's config_version is {is}, not {asked}; look at it again")]
    OtherVersion {
        /// The version that was to be changed or deleted.
        asked: u32,
        /// The version that it has.
        is: u32,
    },
    /// It is still needed.
    #[error("cannot delete a campaign that is {status}{}; {}", still(*.closing, *.in_flight), before_deleting(*.status, *.closing))]
    CannotDelete {
        /// Where the campaign stands.
        status: Status,
        /// Whether it lets its last calls run out.
        closing: bool,
        /// How many calls are in flight.
        in_flight: u32,
    },
    /// There is no such open import.
    #[error("there is no open import {0} in this campaign")]
    NoSuchImport(ImportId),
}

fn because(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}

fn closing_text(closing: bool) -> &'static str {
    if closing {
        " and lets its last calls run out"
    } else {
        ""
    }
}

fn fixed_text(fields: &[FixedField]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: {}", field.name, field.why))
        .collect();
    fields.join("; ")
}

fn still(closing: bool, in_flight: u32) -> String {
    let calls = match in_flight {
        0 => String::new(),
        1 => " with 1 call in flight".to_owned(),
        calls => format!(" with {calls} calls in flight"),
    };
    format!("{calls}{}", closing_text(closing))
}

fn before_deleting(status: Status, closing: bool) -> &'static str {
    match status {
        Status::Running | Status::Paused if !closing => {
            "it may be draft, scheduled, completed, failed, canceled or archived; cancel or complete it first"
        }
        _ => "delete it when its calls are over",
    }
}

fn allowed_text(status: Status, closing: bool) -> String {
    match status.allowed() {
        _ if closing => "allowed are: cancel".to_owned(),
        [] => "nothing is allowed in this state".to_owned(),
        allowed => format!("allowed are: {}", allowed.join(", ")),
    }
}

/// What a step comes to.
#[derive(Debug, Default)]
pub struct Step {
    /// To be made durable in one atomic batch.
    pub writes: Vec<Write>,
    /// To be done after that, in this order.
    pub actions: Vec<Action>,
    /// To be told after that.
    pub events: Vec<Event>,
    /// The answer, after that, to whoever sent the input.
    pub reply: Option<Result<Reply, Rejection>>,
    /// What the campaign needs read before it can go on; to be answered before any other input.
    pub read: Option<(LaneId, Scan)>,
    /// When to send [`Input::Alarm`]; replaces whatever was set before.
    pub alarm: Option<Timestamp>,
}
