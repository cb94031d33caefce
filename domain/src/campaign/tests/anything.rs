//! Anything at any time: random inputs with plausible names in them, in random order. Nothing is
//! expected of the outcome but that every promise is kept at every step.

use chrono::Days;
use chrono_tz::Tz;
use proptest::prelude::*;
use uuid::Uuid;

use super::recurring::every_day;
use super::story::{NOON, Story, call_id, fact, refusal};
use crate::attempt::AttemptState;
use crate::calendar::HolidayDate;
use crate::call::{CallEnd, CallResult, CallStatus, FoundCall, Heard, News, Placement};
use crate::ids::{AttemptId, ContactId, ImportId, LaneId};
use crate::import::{Chunk, Import, ImportState, RejectedRow};
use crate::lane::Scan;
use crate::lifecycle::Command;
use crate::list_columns::ChosenColumns;
use crate::step::Input;
use crate::time::Millis;

mod happening;
mod under;

use happening::{Answer, Happening, Told, happening};
use under::settings;

const ZONES: [&[Tz]; 4] = [
    &[],
    &[Tz::America__New_York],
    &[Tz::Asia__Kolkata, Tz::Europe__London],
    &[Tz::America__Los_Angeles, Tz::Asia__Tokyo],
];

fn list(number: u8) -> ImportId {
    ImportId(Uuid::from_u128(100 + u128::from(number)))
}

/// The latest attempts are the likeliest to be named; the last number names one that is not there.
fn attempt(story: &Story, pick: usize) -> AttemptId {
    let ids: Vec<AttemptId> = story.shelf.attempts.keys().rev().copied().collect();
    let missing = AttemptId(Uuid::from_u128(u128::MAX));
    match pick {
        11 => missing,
        _ if ids.is_empty() => missing,
        _ => ids[pick % ids.len()],
    }
}

fn lane(story: &Story, pick: usize) -> Option<LaneId> {
    let lanes = story.shelf.lanes.len();
    (lanes > 0).then(|| LaneId((pick % lanes) as u16))
}

fn scan(waiting: bool) -> Scan {
    if waiting { Scan::Waiting } else { Scan::Untried }
}

fn happen(story: &mut Story, happening: Happening) {
    let input = match happening {
        Happening::Oversleep(span) => {
            story.oversleep(Millis(span));
            return;
        }
        Happening::Pass(span) => {
            story.pass(Millis(span));
            return;
        }
        Happening::Alarm => Input::Alarm,
        Happening::Asked(command) => Input::Command(command),
        Happening::Added {
            numbers,
            zones,
            not_before,
        } => {
            let not_before = not_before.map(|wait| story.now + Millis(wait));
            let candidate = |number| {
                let mut candidate = story.candidate(number, ZONES[zones]);
                candidate.new.not_before = not_before;
                candidate.new.contact.custom_data = format!("{{\"n\": {number}}}");
                candidate
            };
            Input::AddContacts(numbers.map(candidate).collect())
        }
        Happening::ListOpened(number) => Input::OpenImport(Import {
            id: list(number),
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
            created_at: story.now,
            ended_at: None,
        }),
        Happening::ListRead {
            list: number,
            numbers,
            ends,
        } => Input::ImportChunk(Chunk {
            import: list(number),
            rows_read: numbers.end + 1,
            bytes_read: 30 * numbers.end,
            rejected: vec![RejectedRow {
                row: numbers.end + 1,
                field: "phone_number".to_owned(),
                value: String::new(),
                reason: "it is missing".to_owned(),
            }],
            candidates: numbers.map(|number| story.candidate(number, ZONES[1])).collect(),
            ends: ends.map(|well| {
                if well {
                    ImportState::Completed
                } else {
                    ImportState::Failed("it is cut off".to_owned())
                }
            }),
        }),
        Happening::Permit => {
            story.permit();
            return;
        }
        Happening::PermitLost => Input::PermitLost,
        Happening::Dialled => {
            story.permit();
            let unsent: Vec<AttemptId> = story
                .campaign
                .live()
                .filter(|attempt| attempt.state == AttemptState::Intended)
                .map(|attempt| attempt.id)
                .collect();
            for attempt in unsent {
                story.durable(attempt);
            }
            return;
        }
        Happening::Durable(pick) => Input::IntentDurable(attempt(story, pick)),
        Happening::Answered(pick, answer) => answered(attempt(story, pick), answer),
        Happening::Reported {
            attempt: pick,
            status,
            foreign,
            seconds,
            answered_by,
            at,
        } => {
            let id = attempt(story, pick);
            let mut fact = fact(id, status);
            if foreign {
                fact.provider_id.push('x');
            }
            fact.duration_seconds = seconds;
            fact.answered_by = answered_by;
            fact.at = at.map(|ago| story.now + Millis(ago));
            news_of(story, id, News::Status(fact))
        }
        Happening::Told(pick, what) => {
            let id = attempt(story, pick);
            let provider_id = call_id(id);
            let news = match what {
                Told::Machine(answered_by) => News::Detected {
                    provider_id,
                    answered_by,
                },
                Told::Heard(message_left) => News::Heard {
                    fact: fact(id, CallStatus::InProgress),
                    heard: Heard {
                        message_left,
                        answers: vec![("q".to_owned(), "\"1\"".to_owned())],
                        ..Heard::default()
                    },
                },
                Told::Result(sentiment) => News::Result(Box::new(CallResult {
                    sentiment: Some(sentiment),
                    ..CallResult::default()
                })),
            };
            news_of(story, id, news)
        }
        Happening::Suppressed(number) => {
            let candidate = story.candidate(number, ZONES[0]);
            story.suppressed.0.insert(candidate.new.contact.phone);
            return;
        }
        Happening::Polled(pick, answer) => {
            let answer = answer.map_err(|()| "503".to_owned());
            story.polled(attempt(story, pick), answer);
            return;
        }
        Happening::LookedUp(pick, answer) => {
            let id = attempt(story, pick);
            let intended = story
                .shelf
                .attempts
                .get(&id)
                .map_or(NOON, |attempt| attempt.intended_at);
            let call = |(after, status)| FoundCall {
                created_at: intended + Millis(after),
                fact: fact(id, status),
            };
            Input::LookedUp {
                attempt: id,
                answer: answer
                    .map(|calls| calls.into_iter().map(call).collect())
                    .map_err(|()| "503".to_owned()),
            }
        }
        Happening::Read(pick, waiting) => {
            let Some(lane) = lane(story, pick) else { return };
            story.shelf.read(lane, scan(waiting), story.campaign.cursor(lane))
        }
        Happening::ReadInVain(pick, waiting) => match (lane(story, pick), scan(waiting)) {
            (None, _) => return,
            (Some(lane), Scan::Untried) => Input::UntriedRead { lane, block: None },
            (Some(lane), Scan::Waiting) => Input::WaitingRead {
                lane,
                contacts: Vec::new(),
            },
        },
        Happening::Woken => {
            story.wake();
            return;
        }
        Happening::Worked(calls) => {
            for _ in 0..calls {
                work(story);
            }
            return;
        }
        Happening::ForContact(command, pick) => {
            let ids: Vec<ContactId> = story.shelf.ids().collect();
            let Some(id) = (!ids.is_empty()).then(|| ids[pick % ids.len()]) else {
                return;
            };
            // Refused where the contact stands otherwise.
            let _asked = story.ask_for(command, id);
            return;
        }
        Happening::Calendars(days) => {
            let first = NOON.utc().unwrap().date_naive();
            let once = |day| HolidayDate::Once(first + Days::new(day));
            story.keep_holidays(days.map_or_else(every_day, |days| days.into_iter().map(once).collect()));
            return;
        }
    };
    story.step(input);
}

/// One call from the permit to its end, where one is due.
fn work(story: &mut Story) {
    story.oversleep(Millis(1));
    story.permit();
    let live: Vec<AttemptId> = story.campaign.live().map(|attempt| attempt.id).collect();
    for attempt in live {
        story.durable(attempt);
        story.end(attempt, CallEnd::Completed);
    }
}

/// News as whoever has the store would hand it in.
fn news_of(story: &Story, attempt: AttemptId, news: News) -> Input {
    match story.shelf.attempts.get(&attempt) {
        Some(stored) if !story.campaign.is_live(attempt) => Input::LateReport {
            attempt: Box::new(stored.clone()),
            news,
        },
        _ => Input::Report { attempt, news },
    }
}

fn answered(attempt: AttemptId, answer: Answer) -> Input {
    let placement = match answer {
        Answer::Placed(status) => Placement::Placed(fact(attempt, status)),
        Answer::RefusedContact => Placement::RefusedContact(refusal("21211")),
        Answer::RefusedConfiguration => Placement::RefusedConfiguration(refusal("21210")),
        Answer::Deferred => Placement::Deferred {
            retry_after: None,
            refusal: refusal("20429"),
        },
        Answer::Unknown => Placement::Unknown {
            detail: "time-out".to_owned(),
        },
        Answer::NotSent => Placement::NotSent {
            detail: "no route".to_owned(),
        },
    };
    Input::Placement { attempt, placement }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn whatever_happens_in_whatever_order_every_promise_is_kept(
        settings in settings(),
        contacts in 0..12_u64,
        happenings in prop::collection::vec(happening(), 1..80),
    ) {
        let mut story = Story::draft(settings);
        for zones in ZONES {
            story.add(contacts, zones);
        }
        // Refused where there is nobody to call.
        let _started = story.command(Command::Start);
        for happening in happenings {
            happen(&mut story, happening);
        }
    }
}
