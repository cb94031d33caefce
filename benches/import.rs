//! How many rows of a contact list a second become contacts of a campaign: a list of a million, uploaded to the real
//! binary and read by it while another campaign dials; beside a bare read-and-normalise of the same file, which
//! stores nothing. Memory and the pace of the campaign that dials are taken from outside, from `/proc` and from the
//! carrier's books.
//!
//!     cargo bench --bench import
//!     cargo bench --bench import -- --rows 100000 --json
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may stop at what it does not expect, and prints its table"
)]

mod common;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

use common::contact_list::{self as list, Counted};
use common::{Asked, Service, Table, machine, runtime};
use outdial_contacts::{ContactReader, Options, Row};
use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};
use reqwest::Method;
use serde_json::{Value, json};

/// From so many on a run is no smoke test: the pace is looked at for longer, and progress must have been seen.
const LONG_RUN: usize = 100_000;
/// Contacts of the campaign that dials: more than it can get through.
const DIALLED: usize = 20_000;
/// Where their numbers begin, behind those of every list.
const FIRST_DIALLED: usize = 100_000_000;
const STARTS_PER_MINUTE: u32 = 600;
/// Real seconds per second of a call.
const TIME_SCALE: f64 = 0.02;
/// How long the other campaign dials before anything is looked at.
const WARM_UP: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Starts in a stretch of the carrier's books.
struct Pace {
    per_second: f64,
    widest_gap_ms: u64,
}

impl Pace {
    /// Of the requests behind the first `from` of all, as far as `to`.
    fn between(carrier: &Simulator, from: usize, to: usize) -> Self {
        // The gap in which the stretch begins is one of its own.
        let books = carrier.books_since(from - 1);
        let stretch = &books.requests[..=to - from];
        let at: Vec<u64> = stretch.iter().map(|request| request.monotonic_ms).collect();
        let seconds = (at[at.len() - 1] - at[0]) as f64 / 1000.0;
        Self {
            per_second: (at.len() - 1) as f64 / seconds.max(f64::MIN_POSITIVE),
            widest_gap_ms: at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0),
        }
    }
}

/// What one import took.
struct Imported {
    upload_seconds: f64,
    import_seconds: f64,
    looks_between: u64,
    memory_before: Option<f64>,
    memory_peak: Option<f64>,
    alone: Pace,
    during: Pace,
}

/// Seconds that a read of the file takes by itself.
fn bare(file: &Path, expected: Counted) -> f64 {
    let begun = Instant::now();
    let source = BufReader::new(File::open(file).unwrap());
    let (mut contacts, mut bad) = (0, 0);
    for row in ContactReader::open(source, Options::default()).unwrap() {
        match row.unwrap() {
            Row::Contact(_) => contacts += 1,
            Row::Bad(_) => bad += 1,
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(
        (contacts, bad),
        (expected.contacts + expected.duplicates, expected.bad)
    );
    seconds
}

/// Waits until an import is over; answers how often it was seen on its way, and what it came to.
async fn read_to_its_end(service: &Service, import: &str, rows: u64) -> (u64, Value) {
    let (mut reached, mut looks_between) = (0, 0);
    loop {
        let now = service.get(import).await;
        let rows_read = now["rows_read"].as_u64().unwrap();
        assert!(rows_read >= reached, "progress went back from {reached}: {now}");
        looks_between += u64::from(rows_read > reached && rows_read < rows);
        reached = rows_read;
        if now["state"] != "running" {
            return (looks_between, now);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn requests(carrier: &Simulator) -> usize {
    carrier.summary().carrier_requests as usize
}

async fn imported(home: &Path, file: &Path, expected: Counted) -> Imported {
    let carrier = Simulator::start(SimulatorConfig {
        behaviour: Behaviour {
            time_scale: TIME_SCALE,
            ..Behaviour::lifelike()
        },
        ..SimulatorConfig::default()
    })
    .unwrap();
    let service = Service::start(&home.join("data"));
    let line = service.add_line(&carrier).await;

    let dialling = service.draft(&line, "dialling", STARTS_PER_MINUTE).await;
    let other_list = home.join("other.csv");
    let other = list::write(&other_list, FIRST_DIALLED, DIALLED).unwrap();
    let import = service.upload(&dialling, &other_list).await;
    read_to_its_end(&service, &import, other.rows() + 1).await;
    service
        .ask(
            Method::POST,
            &format!("/campaigns/{dialling}/start"),
            &Value::Null,
        )
        .await;
    tokio::time::sleep(WARM_UP).await;
    let first = requests(&carrier);
    let is_long = expected.contacts >= LONG_RUN as u64;
    tokio::time::sleep(Duration::from_secs(if is_long { 20 } else { 3 })).await;
    let memory_before = service.memory().map(|(now, _)| now);

    let taking = service.draft(&line, "taking in", STARTS_PER_MINUTE).await;
    let alone_until = requests(&carrier);
    let begun = Instant::now();
    let import = service.upload(&taking, file).await;
    let upload_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let (looks_between, ended) = read_to_its_end(&service, &import, expected.rows() + 1).await;
    let import_seconds = begun.elapsed().as_secs_f64();
    let during_until = requests(&carrier);

    let counts =
        ["rows_read", "imported", "duplicates", "rejected"].map(|field| ended[field].as_u64().unwrap());
    let (contacts, duplicates, bad) = (expected.contacts, expected.duplicates, expected.bad);
    assert_eq!(
        counts,
        [expected.rows() + 1, contacts, duplicates, bad],
        "{ended}"
    );
    assert_eq!(ended["state"], "completed", "{ended}");
    let counters = &service.get(&format!("/campaigns/{taking}")).await["counters"];
    assert_eq!(counters["total"], expected.contacts, "{counters}");
    assert!(!is_long || looks_between > 0, "no progress was to be seen");
    let dialling = service.get(&format!("/campaigns/{dialling}")).await;
    assert_eq!(
        dialling["status"], "running",
        "it should have had more to dial: {dialling}"
    );
    Imported {
        upload_seconds,
        import_seconds,
        looks_between,
        memory_before,
        memory_peak: service.memory().map(|(_, most)| most),
        alone: Pace::between(&carrier, first, alone_until),
        during: Pace::between(&carrier, alone_until, during_until),
    }
}

fn in_megabytes(memory: Option<f64>) -> String {
    memory.map_or_else(|| "unknown".to_owned(), |megabytes| format!("{megabytes:.0} MB"))
}

async fn run(asked: &Asked) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("list.csv");
    let expected = list::write(&file, 0, asked.size("rows", 1_000_000, 2_000)).unwrap();
    let bytes = std::fs::metadata(&file).unwrap().len();
    println!(
        "{} rows, {:.1} MB: {} contacts, {} duplicates, {} bad rows\n",
        expected.rows(),
        bytes as f64 / 1e6,
        expected.contacts,
        expected.duplicates,
        expected.bad
    );
    // The quicker of two, so that what else the machine does flatters nobody.
    let before = bare(&file, expected);
    let imported = imported(home.path(), &file, expected).await;
    let bare_seconds = before.min(bare(&file, expected));

    let per_second = |seconds: f64| expected.rows() as f64 / seconds;
    let (rate, bare_rate) = (per_second(imported.import_seconds), per_second(bare_seconds));
    let mut table = Table::new(["", "seconds", "rows/s", "of bare"]);
    for (what, seconds) in [
        ("bare read-and-normalise", bare_seconds),
        ("upload until its 202", imported.upload_seconds),
        ("import from there", imported.import_seconds),
    ] {
        table.row([
            what.to_owned(),
            format!("{seconds:.2}"),
            format!("{:.0}", per_second(seconds)),
            format!("{:.0}%", 100.0 * bare_seconds / seconds),
        ]);
    }
    table.print();
    let mut table = Table::new(["the other campaign", "dials/s", "widest gap ms"]);
    for (what, pace) in [
        ("alone", &imported.alone),
        ("during upload and import", &imported.during),
    ] {
        table.row([
            what.to_owned(),
            format!("{:.2}", pace.per_second),
            pace.widest_gap_ms.to_string(),
        ]);
    }
    table.print();
    println!(
        "memory of the service: {} before, {} at most; progress was seen to move {} times",
        in_megabytes(imported.memory_before),
        in_megabytes(imported.memory_peak),
        imported.looks_between
    );
    if asked.json {
        let figures = json!({
            "rows_per_second": rate,
            "bare_rows_per_second": bare_rate,
            "ratio": rate / bare_rate,
            "peak_rss_mb": imported.memory_peak,
            "dials_per_second_alone": imported.alone.per_second,
            "dials_per_second_during": imported.during.per_second,
            "widest_gap_ms_during": imported.during.widest_gap_ms,
        });
        println!("{figures}");
    }
}

fn main() {
    let asked = Asked::read("import", &["rows"]);
    println!("{}", machine());
    runtime().block_on(run(&asked));
}
