//! Lists that are read chunk by chunk.

use uuid::Uuid;

use super::story::{NOON, Story, plain};
use crate::call::CallEnd;
use crate::ids::ImportId;
use crate::import::{Chunk, Import, ImportState, RejectedRow};
use crate::lifecycle::{Command, Status};
use crate::list_columns::ChosenColumns;
use crate::step::{Action, Added, Input, Rejection, Reply, Step, Write};
use crate::time::Millis;

const LIST: ImportId = ImportId(Uuid::from_u128(77));

fn list() -> Import {
    Import {
        id: LIST,
        file_name: "list.csv".to_owned(),
        default_region: "US".to_owned(),
        sheet: None,
        columns: ChosenColumns::default(),
        state: ImportState::Running,
        rows_read: 0,
        bytes_total: 1000,
        bytes_read: 0,
        imported: 0,
        duplicates: 0,
        rejected: 0,
        created_at: NOON,
        ended_at: None,
    }
}

fn open(story: &mut Story) -> Step {
    story.step(Input::OpenImport(list()))
}

/// Rows of these numbers; row 1 is the header.
fn chunk(story: &Story, numbers: std::ops::Range<u64>, ends: Option<ImportState>) -> Chunk {
    Chunk {
        import: LIST,
        rows_read: numbers.end + 1,
        bytes_read: 20 * (numbers.end + 1),
        candidates: numbers.map(|number| story.candidate(number, &[])).collect(),
        rejected: Vec::new(),
        ends,
    }
}

fn bad_row(row: u64) -> RejectedRow {
    RejectedRow {
        row,
        field: "phone_number".to_owned(),
        value: "12".to_owned(),
        reason: "too short".to_owned(),
    }
}

#[test]
fn an_opened_list_is_written_and_then_read() {
    let mut story = Story::draft(plain());
    let step = open(&mut story);
    assert_eq!(step.reply, Some(Ok(Reply::Done)));
    assert_eq!(step.actions, [Action::ReadImport(LIST)]);
    assert_eq!(story.shelf.imports[&LIST], list());
}

#[test]
fn each_chunk_is_one_batch_with_the_row_that_it_reached() {
    let mut story = Story::draft(plain());
    open(&mut story);
    let first = chunk(&story, 0..10, None);
    let step = story.step(Input::ImportChunk(first));
    assert_eq!(
        step.reply,
        Some(Ok(Reply::Added(Added {
            imported: 10,
            duplicates: vec![],
        })))
    );
    let has = |wanted: fn(&Write) -> bool| step.writes.iter().any(wanted);
    assert!(has(
        |write| matches!(write, Write::Import(import) if (import.rows_read, import.bytes_read) == (11, 220))
    ));
    assert!(has(
        |write| matches!(write, Write::Block { contacts, .. } if contacts.len() == 10)
    ));
    // Five of the next rows are there already, and two are unusable.
    let mut second = chunk(&story, 5..20, Some(ImportState::Completed));
    second.rejected = vec![bad_row(30), bad_row(31)];
    second.rows_read = 31;
    let step = story.step(Input::ImportChunk(second));
    assert_eq!(
        step.reply,
        Some(Ok(Reply::Added(Added {
            imported: 10,
            duplicates: vec![7, 8, 9, 10, 11],
        })))
    );
    let expected = Import {
        state: ImportState::Completed,
        rows_read: 31,
        bytes_read: 1000,
        imported: 20,
        duplicates: 5,
        rejected: 2,
        ended_at: Some(story.now),
        ..list()
    };
    assert_eq!(story.shelf.imports[&LIST], expected);
    assert_eq!(story.shelf.rejected, [(LIST, bad_row(30)), (LIST, bad_row(31))]);
    assert_eq!(story.counters().total, 20);
}

#[test]
fn an_imports_progress_never_goes_back_nor_past_the_file_and_is_whole_only_when_it_is_completed() {
    let mut story = Story::draft(plain());
    open(&mut story);
    let mut seen = vec![story.shelf.imports[&LIST].percent()];
    for bytes_read in [300, 250, 999, 4000] {
        let next = Chunk {
            bytes_read,
            ..chunk(&story, 0..1, None)
        };
        story.step(Input::ImportChunk(next));
        seen.push(story.shelf.imports[&LIST].percent());
        assert!(story.shelf.imports[&LIST].bytes_read <= 1000);
    }
    let last = Chunk {
        bytes_read: 700,
        ..chunk(&story, 0..0, Some(ImportState::Completed))
    };
    story.step(Input::ImportChunk(last));
    let import = &story.shelf.imports[&LIST];
    seen.push(import.percent());
    assert_eq!(seen, [0, 30, 30, 99, 99, 100].map(Some));
    assert_eq!(import.bytes_read, 1000);
}

#[test]
fn an_import_whose_file_was_never_measured_tells_no_progress_until_it_is_completed() {
    let mut story = Story::draft(plain());
    let unmeasured = Import {
        bytes_total: 0,
        ..list()
    };
    story.step(Input::OpenImport(unmeasured));
    let first = chunk(&story, 0..10, None);
    story.step(Input::ImportChunk(first));
    let import = &story.shelf.imports[&LIST];
    assert_eq!((import.bytes_read, import.percent()), (0, None));
    let last = chunk(&story, 10..12, Some(ImportState::Completed));
    story.step(Input::ImportChunk(last));
    assert_eq!(story.shelf.imports[&LIST].percent(), Some(100));
}

#[test]
fn a_chunk_of_a_list_that_is_not_open_is_refused() {
    let mut story = Story::draft(plain());
    let ghost = chunk(&story, 0..3, None);
    let step = story.step(Input::ImportChunk(ghost.clone()));
    assert_eq!(step.reply, Some(Err(Rejection::NoSuchImport(LIST))));
    assert!(step.writes.is_empty());
    open(&mut story);
    let last = chunk(&story, 0..3, Some(ImportState::Completed));
    story.step(Input::ImportChunk(last));
    let step = story.step(Input::ImportChunk(ghost));
    assert_eq!(
        step.reply.unwrap().unwrap_err().to_string(),
        format!("there is no open import {LIST} in this campaign")
    );
    assert_eq!(story.counters().total, 3);
}

#[test]
fn a_list_that_cannot_be_read_to_its_end_keeps_what_was_read() {
    let mut story = Story::draft(plain());
    open(&mut story);
    let failed = ImportState::Failed("the file is cut off".to_owned());
    let last = chunk(&story, 0..3, Some(failed.clone()));
    story.step(Input::ImportChunk(last));
    let import = &story.shelf.imports[&LIST];
    assert_eq!((&import.state, import.percent()), (&failed, Some(8)));
    assert_eq!(story.counters().pending, 3);
}

#[test]
fn a_canceled_list_keeps_what_was_read_and_takes_no_more() {
    let mut story = Story::running(plain(), 1);
    open(&mut story);
    let first = chunk(&story, 1..3, None);
    story.step(Input::ImportChunk(first));
    let step = story.step(Input::CancelImport(LIST));
    assert_eq!(step.reply, Some(Ok(Reply::Done)));
    let import = &story.shelf.imports[&LIST];
    assert_eq!((&import.state, import.rows_read), (&ImportState::Canceled, 4));
    assert_eq!(import.percent(), Some(8));
    assert!(import.ended_at.is_some());
    let late = chunk(&story, 3..5, Some(ImportState::Completed));
    for input in [Input::ImportChunk(late), Input::CancelImport(LIST)] {
        let step = story.step(input);
        assert_eq!(step.reply, Some(Err(Rejection::NoSuchImport(LIST))));
    }
    assert_eq!(story.counters().total, 3);
}

#[test]
fn a_campaign_is_completed_when_the_list_that_held_it_open_is_canceled() {
    let mut story = Story::running(plain(), 1);
    open(&mut story);
    let attempt = story.place();
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Running);
    story.step(Input::CancelImport(LIST));
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_campaign_may_start_while_its_list_is_being_read_and_calls_whom_it_has() {
    let mut story = Story::draft(plain());
    open(&mut story);
    assert_eq!(story.command(Command::Start), Ok(Reply::Done));
    assert_eq!(story.status(), Status::Running);
    let first = chunk(&story, 0..2, None);
    let step = story.step(Input::ImportChunk(first));
    assert_eq!(step.actions, [Action::AskPermit]);
    story.place();
}

#[test]
fn a_campaign_is_not_completed_while_a_list_is_open() {
    let mut story = Story::running(plain(), 1);
    open(&mut story);
    let attempt = story.place();
    story.end(attempt, CallEnd::Completed);
    assert_eq!(story.status(), Status::Running);
    let last = chunk(&story, 0..1, Some(ImportState::Completed));
    story.step(Input::ImportChunk(last));
    assert_eq!(story.status(), Status::Completed, "its only row was a duplicate");
}

#[test]
fn a_campaign_that_started_on_an_empty_list_is_completed_with_it() {
    let mut story = Story::draft(plain());
    open(&mut story);
    story.command(Command::Start).unwrap();
    let last = chunk(&story, 0..0, Some(ImportState::Completed));
    story.step(Input::ImportChunk(last));
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn a_list_that_is_open_when_the_campaign_ends_is_not_read_on() {
    for command in [Command::Complete, Command::Cancel { hang_up: false }] {
        let mut story = Story::running(plain(), 1);
        open(&mut story);
        story.oversleep(Millis::seconds(5));
        story.command(command).unwrap();
        let import = &story.shelf.imports[&LIST];
        assert_eq!(
            import.state,
            ImportState::Failed("the campaign ended before the list was read".to_owned())
        );
        assert_eq!(import.ended_at, Some(story.now));
        let next = chunk(&story, 3..5, None);
        let step = story.step(Input::ImportChunk(next));
        assert_eq!(step.reply, Some(Err(Rejection::NoSuchImport(LIST))));
        assert_eq!(story.counters().total, 1);
    }
}

#[test]
fn a_campaign_that_has_ended_opens_no_list() {
    let mut story = Story::running(plain(), 1);
    story.command(Command::Complete).unwrap();
    let step = open(&mut story);
    assert!(matches!(
        step.reply,
        Some(Err(Rejection::TooLateForContacts { .. }))
    ));
    assert!(step.writes.is_empty() && step.actions.is_empty());
}

#[test]
fn after_a_restart_an_open_list_is_read_on_from_the_row_it_had_reached() {
    let mut story = Story::draft(plain());
    open(&mut story);
    let first = chunk(&story, 0..10, None);
    story.step(Input::ImportChunk(first));
    assert_eq!(story.wake().actions, [Action::ReadImport(LIST)]);
    let import = &story.shelf.imports[&LIST];
    assert_eq!((import.rows_read, import.bytes_read), (11, 220));
    let last = chunk(&story, 10..12, Some(ImportState::Completed));
    story.step(Input::ImportChunk(last));
    assert_eq!(story.shelf.imports[&LIST].imported, 12);
    assert_eq!(story.wake().actions, []);
}
