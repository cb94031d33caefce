//! What a stored record costs: from the domain's value to bytes and back, for the records that a callback writes, and
//! for a block of contacts. Beside it a copy of the same bytes, which nothing can beat, and the same record as JSON.
//! With `--callgrind`, where valgrind is installed, also how many instructions a round trip takes, which no noise
//! changes.
//!
//!     cargo bench --bench codec
//!     cargo bench --bench codec -- --callgrind
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::fmt::Debug;
use std::hint::black_box;
use std::time::Instant;

use common::{Asked, InMemory, Table, instructions, machine, under_callgrind};
use outdial::domain::attempt::Attempt;
use outdial::domain::call::{CallEnd, CallFact, CallStatus, News, Placement};
use outdial::domain::contact::{Contact, ContactState};
use outdial::domain::lane::LaneState;
use outdial::domain::progress::Progress;
use outdial::domain::settings::Definition;
use outdial::domain::step::{Event, Input, Step, Write};
use outdial::domain::tally::Tally;
use outdial::domain::time::Timestamp;
use outdial::storage::records::{
    AttemptV2, BlockV1, ContactStateV2, ContactV1, DefinitionV5, EventsV2, LaneV2, LoggedEvent, ProgressV2,
    Record, TallyV1, TriedV1, decode, encode,
};
use serde_json::{Map, Value, json};

/// Contacts of a block.
const BLOCK: usize = 256;

type Encode = Box<dyn Fn() -> Vec<u8>>;
type Decode = Box<dyn Fn(&[u8])>;

/// A record: there and back, in bytes, as a copy, and as JSON.
struct Case {
    says: String,
    bytes: Vec<u8>,
    json: Vec<u8>,
    encode: Encode,
    decode: Decode,
    to_json: Encode,
    from_json: Decode,
}

/// A value of the domain with the record that it is stored as, and the way back.
fn case<D, R>(value: D, record: fn(&D) -> R, back: fn(R) -> D) -> Case
where
    D: Debug + PartialEq + Clone + 'static,
    R: Record + 'static,
{
    let (bytes, json) = (
        encode(&record(&value)),
        serde_json::to_vec(&record(&value)).unwrap(),
    );
    assert_eq!(
        back(decode(&bytes).unwrap()),
        value,
        "what is read is what was written"
    );
    let as_json = value.clone();
    Case {
        says: R::TABLE.to_owned(),
        bytes,
        json,
        encode: Box::new(move || encode(&record(&value))),
        decode: Box::new(move |bytes| {
            black_box(back(decode(bytes).unwrap()));
        }),
        to_json: Box::new(move || serde_json::to_vec(&record(&as_json)).unwrap()),
        from_json: Box::new(move |json| {
            black_box(back(serde_json::from_slice(json).unwrap()));
        }),
    }
}

/// The records of a campaign that has made a call to its end and has others in flight.
fn cases() -> Vec<Case> {
    let mut world = InMemory::started(2 * BLOCK);
    for _ in 0..BLOCK - 1 {
        world.take(InMemory::permit());
    }
    let intended = world.take(InMemory::permit());
    let id = intended.writes.iter().find_map(|write| match write {
        Write::Attempt(attempt) => Some(attempt.id),
        _ => None,
    });
    let id = id.unwrap();
    let provider_id = format!("CA{:032x}", id.0.as_u128());
    let placed = Placement::Placed(CallFact::new(provider_id.clone(), CallStatus::Queued));
    world.take(Input::IntentDurable(id));
    let mut steps = vec![
        intended,
        world.take(Input::Placement {
            attempt: id,
            placement: placed,
        }),
    ];
    for status in [CallStatus::InProgress, CallStatus::Ended(CallEnd::Completed)] {
        let mut fact = CallFact::new(provider_id.clone(), status);
        fact.duration_seconds = matches!(status, CallStatus::Ended(_)).then_some(42);
        let news = News::Status(fact);
        steps.push(world.take(Input::Report { attempt: id, news }));
    }
    let mut cases: Vec<Case> = Vec::new();
    for write in steps.iter().flat_map(|step| &step.writes) {
        if let Some(case) = of_write(write) {
            // What a later step writes takes the place of the same record of an earlier one.
            cases.retain(|other| other.says != case.says);
            cases.push(case);
        }
    }
    let campaign = world.campaign();
    cases.push(of_event(&steps, campaign.definition()));
    cases.push(of_block(&world.block(0)));
    cases.push(case(
        campaign.definition().clone(),
        |definition: &Definition| DefinitionV5::from(definition),
        |record| record.try_into().unwrap(),
    ));
    cases
}

fn of_write(write: &Write) -> Option<Case> {
    Some(match write {
        Write::Progress(progress) => case(
            (**progress).clone(),
            |progress: &Progress| ProgressV2::from(progress),
            |record| record.try_into().unwrap(),
        ),
        Write::Lane(_, state) => case(
            state.clone(),
            |state: &LaneState| LaneV2::from(state),
            |record| record.try_into().unwrap(),
        ),
        Write::Contact(_, state) => case(
            state.clone(),
            |state: &ContactState| ContactStateV2::from(state),
            |record| record.try_into().unwrap(),
        ),
        Write::Attempt(attempt) => case(
            (**attempt).clone(),
            |attempt: &Attempt| AttemptV2::from(attempt),
            |record| record.try_into().unwrap(),
        ),
        Write::Tried { past, .. } => case(
            past.unwrap(),
            |past| TriedV1::from(*past),
            |record| record.try_into().unwrap(),
        ),
        Write::Tally { tally, .. } => case(
            *tally,
            |tally: &Tally| TallyV1::from(tally),
            |record| record.try_into().unwrap(),
        ),
        _ => return None,
    })
}

fn of_event(steps: &[Step], definition: &Definition) -> Case {
    let mut events = steps.iter().flat_map(|step| &step.events);
    let event = events.rfind(|event| matches!(event, Event::Attempt { .. }));
    let logged = LoggedEvent {
        at: Timestamp::from_millis(1_782_914_400_000),
        campaign: definition.id,
        event: event.unwrap().clone(),
    };
    case(
        vec![logged],
        |logged: &Vec<LoggedEvent>| EventsV2::from(logged.as_slice()),
        |record| record.try_into().unwrap(),
    )
}

fn of_block(contacts: &[Contact]) -> Case {
    assert_eq!(contacts.len(), BLOCK);
    let block = case(
        contacts.to_vec(),
        |contacts: &Vec<Contact>| BlockV1 {
            contacts: contacts.iter().map(ContactV1::from).collect(),
        },
        |record| record.try_into().unwrap(),
    );
    Case {
        says: format!("block of {BLOCK}"),
        ..block
    }
}

/// The middle one of so many rounds of `work`, in nanoseconds a time; a round does it `times`.
fn nanoseconds(rounds: usize, times: usize, mut work: impl FnMut()) -> f64 {
    let mut taken: Vec<f64> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..times {
                work();
            }
            begun.elapsed().as_nanos() as f64 / times as f64
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

fn there_and_back(case: &Case) {
    let bytes = black_box((case.encode)());
    (case.decode)(&bytes);
}

fn run(asked: &Asked) {
    let rounds = asked.size("rounds", 2_000, 3);
    let counts = common::counts_instructions(asked);
    println!("the middle one of {rounds} rounds; ns for a record\n");
    let mut table = Table::new([
        "",
        "bytes",
        "encode",
        "decode",
        "copy of the bytes",
        "JSON there and back",
        "JSON bytes",
        "instructions there and back",
    ]);
    let mut figures = Map::new();
    for (n, case) in cases().into_iter().enumerate() {
        // A round takes some microseconds, so that reading the clock does not count.
        let times = (16_384 / case.bytes.len()).clamp(1, 64);
        let encode_ns = nanoseconds(rounds, times, || {
            black_box((case.encode)());
        });
        let decode_ns = nanoseconds(rounds, times, || (case.decode)(black_box(&case.bytes)));
        let copy_ns = nanoseconds(rounds, times, || {
            black_box(black_box(&case.bytes).to_vec());
        });
        let json_ns = nanoseconds(rounds, times, || {
            let json = black_box((case.to_json)());
            (case.from_json)(&json);
        });
        // A debug build is looked at once, to see that it can be.
        let instructions = (counts && (!asked.smoke || n == 0))
            .then(|| instructions(&["--case", &n.to_string()], if asked.smoke { 1 } else { 100 }, 1));
        table.row([
            case.says.clone(),
            case.bytes.len().to_string(),
            format!("{encode_ns:.0}"),
            format!("{decode_ns:.0}"),
            format!("{copy_ns:.0}"),
            format!("{json_ns:.0}"),
            case.json.len().to_string(),
            instructions.map_or_else(|| "-".to_owned(), |count| format!("{count:.0}")),
        ]);
        let key = case.says.replace([' ', '-'], "_");
        let mut figure = |what: &str, value: f64| {
            figures.insert(format!("{key}_{what}"), json!((value * 10.0).round() / 10.0));
        };
        figure("bytes", case.bytes.len() as f64);
        figure("encode_ns", encode_ns);
        figure("decode_ns", decode_ns);
        figure("copy_ns", copy_ns);
        figure("json_ns", json_ns);
        if let Some(instructions) = instructions {
            figure("instructions", instructions);
        }
    }
    table.print();
    if asked.json {
        println!("{}", Value::Object(figures));
    }
}

fn main() {
    let asked = Asked::read_with("codec", &["rounds", "case", "count"], &["callgrind"]);
    if let (Some(case), Some(count)) = (asked.given("case"), asked.given("count")) {
        let cases = cases();
        for _ in 0..count {
            under_callgrind(|| there_and_back(&cases[case]));
        }
        return;
    }
    println!("{}", machine());
    run(&asked);
}
