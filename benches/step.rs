//! What the pure decision costs: `Campaign::step` for the inputs that a campaign sees most, in memory, with 10, 100
//! and 1,000 calls in flight. Beside it what it costs to clone the same inputs, and a step that has nothing to do.
//! With `--callgrind`, where valgrind is installed, also how many instructions a call takes, which no noise changes.
//!
//!     cargo bench --bench step
//!     cargo bench --bench step -- --callgrind
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Asked, InMemory, Table, instructions, machine, under_callgrind};
use outdial::domain::attempt::Attempt;
use outdial::domain::call::{CallEnd, CallFact, CallStatus, News, Placement};
use outdial::domain::ids::AttemptId;
use outdial::domain::lifecycle::Command;
use outdial::domain::step::{Action, Input, Step, Write};
use serde_json::{Map, Value, json};

/// Calls in flight beside those that each round makes.
const IN_FLIGHT: [usize; 3] = [10, 100, 1000];
/// Calls that each round makes and ends.
const CALLS: usize = 8;

/// The inputs of a round, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Nothing,
    Permit,
    IntentDurable,
    Placement,
    Initiated,
    Ringing,
    InProgress,
    Duplicate,
    Alarm,
    Pause,
    Resume,
    Completed,
    Straggler,
}

const CASES: [Case; 13] = [
    Case::Nothing,
    Case::Permit,
    Case::IntentDurable,
    Case::Placement,
    Case::Initiated,
    Case::Ringing,
    Case::InProgress,
    Case::Duplicate,
    Case::Alarm,
    Case::Pause,
    Case::Resume,
    Case::Completed,
    Case::Straggler,
];

impl Case {
    fn says(self) -> &'static str {
        match self {
            Self::Nothing => "nothing to do",
            Self::Permit => "permit: the intent",
            Self::IntentDurable => "intent durable: the call",
            Self::Placement => "the carrier took it",
            Self::Initiated => "callback: initiated",
            Self::Ringing => "callback: ringing",
            Self::InProgress => "callback: in-progress",
            Self::Duplicate => "the same callback again",
            Self::Alarm => "alarm, nothing due",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Completed => "callback: completed",
            Self::Straggler => "callback after the end",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Permit => "permit",
            Self::IntentDurable => "intent_durable",
            Self::Placement => "placement",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in_progress",
            Self::Duplicate => "duplicate",
            Self::Alarm => "alarm",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Completed => "completed",
            Self::Straggler => "straggler",
        }
    }

    /// How many of it there are in a round.
    fn per_round(self) -> usize {
        match self {
            Self::Pause | Self::Resume => 1,
            _ => CALLS,
        }
    }

    /// What a round puts in, about these calls, as they stand.
    fn inputs(self, calls: &[Attempt]) -> Vec<Input> {
        let report = |status| {
            let about = move |call: &Attempt| Input::Report {
                attempt: call.id,
                news: News::Status(fact(call.id, status)),
            };
            calls.iter().map(about).collect()
        };
        let each = |input: fn(AttemptId) -> Input| calls.iter().map(|call| input(call.id)).collect();
        match self {
            Self::Nothing => vec![Input::PermitLost; CALLS],
            Self::Permit => vec![InMemory::permit(); CALLS],
            Self::IntentDurable => each(Input::IntentDurable),
            Self::Placement => each(|attempt| Input::Placement {
                attempt,
                placement: Placement::Placed(fact(attempt, CallStatus::Queued)),
            }),
            Self::Initiated => report(CallStatus::Initiated),
            Self::Ringing => report(CallStatus::Ringing),
            Self::InProgress | Self::Duplicate => report(CallStatus::InProgress),
            Self::Alarm => vec![Input::Alarm; CALLS],
            Self::Pause => vec![Input::Command(Command::Pause)],
            Self::Resume => vec![Input::Command(Command::Resume)],
            Self::Completed => report(CallStatus::Ended(CallEnd::Completed)),
            Self::Straggler => {
                let about = |call: &Attempt| Input::LateReport {
                    attempt: Box::new(call.clone()),
                    news: News::Status(fact(call.id, CallStatus::Ringing)),
                };
                calls.iter().map(about).collect()
            }
        }
    }

    /// Whether its steps did what is to be measured.
    fn has_done(self, steps: &[Step]) -> bool {
        let all = |what: fn(&Step) -> bool| steps.iter().all(what);
        match self {
            Self::Nothing | Self::Duplicate | Self::Alarm | Self::Straggler => {
                all(|step| step.writes.is_empty())
            }
            Self::IntentDurable => all(|step| matches!(step.actions.first(), Some(Action::Place(_)))),
            Self::Pause | Self::Resume => all(|step| matches!(step.reply, Some(Ok(_)))),
            Self::Initiated => true,
            _ => all(|step| attempts(step).next().is_some()),
        }
    }
}

fn fact(attempt: AttemptId, status: CallStatus) -> CallFact {
    CallFact::new(format!("CA{:032x}", attempt.0.as_u128()), status)
}

fn attempts(step: &Step) -> impl Iterator<Item = &Attempt> {
    step.writes.iter().filter_map(|write| match write {
        Write::Attempt(attempt) => Some(&**attempt),
        _ => None,
    })
}

/// A campaign, and the calls that its round is about.
struct World {
    campaign: InMemory,
    calls: Vec<Attempt>,
}

impl World {
    /// With so many calls in flight, and contacts for so many rounds.
    fn new(in_flight: usize, rounds: usize) -> Self {
        // A block is read between rounds and never within one, so the calls in flight fill whole rounds.
        let idle = in_flight.next_multiple_of(CALLS) - in_flight;
        let mut world = Self {
            campaign: InMemory::started(in_flight + idle + rounds * CALLS),
            calls: Vec::new(),
        };
        let answered = [
            Case::Permit,
            Case::IntentDurable,
            Case::Placement,
            Case::Ringing,
            Case::InProgress,
        ];
        for _ in 0..(in_flight + idle) / CALLS {
            for case in answered {
                let inputs = case.inputs(&world.calls);
                world.measure(inputs);
            }
        }
        world.calls.truncate(idle);
        let inputs = Case::Completed.inputs(&world.calls);
        world.measure(inputs);
        world
    }

    /// Puts inputs in, one after the other: how long that took in nanoseconds, and what came of it.
    fn measure(&mut self, inputs: Vec<Input>) -> (f64, Vec<Step>) {
        let mut steps = Vec::with_capacity(inputs.len());
        let campaign = &mut self.campaign;
        let begun = Instant::now();
        under_callgrind(|| {
            for input in inputs {
                steps.push(black_box(campaign.step(input)));
            }
        });
        let took = begun.elapsed().as_nanos() as f64;
        self.campaign.keep(&steps);
        let moved: Vec<Attempt> = steps.iter().flat_map(attempts).cloned().collect();
        if !moved.is_empty() {
            self.calls = moved;
        }
        (took, steps)
    }

    /// The same without anybody looking on.
    fn pass(&mut self, inputs: Vec<Input>) {
        let mut steps = Vec::new();
        for input in inputs {
            steps.push(self.campaign.step(input));
        }
        self.campaign.keep(&steps);
        let moved: Vec<Attempt> = steps.iter().flat_map(attempts).cloned().collect();
        if !moved.is_empty() {
            self.calls = moved;
        }
    }
}

/// What a call of each case costs, in nanoseconds: the middle one of all rounds.
struct Costs {
    step_ns: Vec<f64>,
    clone_ns: Vec<f64>,
}

fn costs(in_flight: usize, rounds: usize) -> Costs {
    let mut world = World::new(in_flight, rounds);
    let (mut step_ns, mut clone_ns) = (vec![Vec::new(); CASES.len()], vec![Vec::new(); CASES.len()]);
    for _ in 0..rounds {
        for (n, case) in CASES.into_iter().enumerate() {
            let inputs = case.inputs(&world.calls);
            let begun = Instant::now();
            let cloned = black_box(inputs.clone());
            clone_ns[n].push(begun.elapsed().as_nanos() as f64 / cloned.len() as f64);
            drop(cloned);
            let (took, steps) = world.measure(inputs);
            assert!(case.has_done(&steps), "{case:?}: {steps:?}");
            step_ns[n].push(took / steps.len() as f64);
        }
    }
    let campaign = world.campaign.campaign();
    assert_eq!(campaign.in_flight() as usize, in_flight);
    let counters = &campaign.progress().counters;
    assert_eq!(
        (counters.pending, counters.failed),
        (0, 0),
        "every call was completed"
    );
    Costs {
        step_ns: step_ns.into_iter().map(median).collect(),
        clone_ns: clone_ns.into_iter().map(median).collect(),
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Under callgrind: rounds in which one case alone is looked at.
fn looked_at(case: usize, in_flight: usize, rounds: usize) {
    let mut world = World::new(in_flight, rounds);
    for _ in 0..rounds {
        for (n, one) in CASES.into_iter().enumerate() {
            let inputs = one.inputs(&world.calls);
            if n == case {
                world.measure(inputs);
            } else {
                world.pass(inputs);
            }
        }
    }
}

fn run(asked: &Asked) {
    let rounds = asked.size("rounds", 4_000, 3);
    let counts = common::counts_instructions(asked);
    println!("the middle one of {rounds} rounds of {CALLS} calls each; ns/step by calls in flight\n");
    let costs = IN_FLIGHT.map(|in_flight| costs(in_flight, rounds));
    let counted = |n: usize, in_flight: usize| {
        // A debug build is looked at once, to see that it can be.
        let is_wanted = counts && (!asked.smoke || (n == 0 && in_flight == IN_FLIGHT[0]));
        is_wanted.then(|| {
            let arguments = ["--case", &n.to_string(), "--calls", &in_flight.to_string()];
            let rounds = if asked.smoke { 1 } else { 20 };
            instructions(&arguments, rounds, CASES[n].per_round())
        })
    };
    let mut table = Table::new([
        "",
        "10",
        "100",
        "1000",
        "clone of the input",
        "instructions: 10",
        "100",
        "1000",
    ]);
    let mut figures = Map::new();
    for (n, case) in CASES.into_iter().enumerate() {
        let mut row = vec![case.says().to_owned()];
        row.extend(costs.iter().map(|costs| format!("{:.0}", costs.step_ns[n])));
        row.push(format!("{:.0}", costs[0].clone_ns[n]));
        let mut figure =
            |name: String, value: f64| figures.insert(name, json!((value * 10.0).round() / 10.0));
        figure(format!("{}_clone_ns", case.key()), costs[0].clone_ns[n]);
        for (costs, in_flight) in costs.iter().zip(IN_FLIGHT) {
            figure(format!("{}_{in_flight}_ns", case.key()), costs.step_ns[n]);
            let instructions = counted(n, in_flight);
            if let Some(instructions) = instructions {
                figure(format!("{}_{in_flight}_instructions", case.key()), instructions);
            }
            row.push(instructions.map_or_else(|| "-".to_owned(), |count| format!("{count:.0}")));
        }
        table.row(<[String; 8]>::try_from(row).unwrap());
    }
    table.print();
    if asked.json {
        println!("{}", Value::Object(figures));
    }
}

fn main() {
    let asked = Asked::read_with("step", &["rounds", "case", "calls", "count"], &["callgrind"]);
    if let (Some(case), Some(calls), Some(count)) =
        (asked.given("case"), asked.given("calls"), asked.given("count"))
    {
        looked_at(case, calls, count);
        return;
    }
    println!("{}", machine());
    run(&asked);
}
