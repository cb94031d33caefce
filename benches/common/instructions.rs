//! Instructions instead of nanoseconds, where noise hides what a call costs: the benchmark runs itself again under
//! callgrind, which counts while [`under_callgrind`] runs and at no other time.

use std::process::{Command, Stdio, exit};

use super::Asked;

/// Does the work; whatever it calls is counted where callgrind looks on.
#[inline(never)]
pub fn under_callgrind<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Whether instructions are to be counted: where that is asked for, and in a smoke run that can. Ends the process where
/// it is asked for and cannot be.
pub fn counts_instructions(asked: &Asked) -> bool {
    let wanted = asked.has("callgrind");
    let can = (wanted || asked.smoke) && has_callgrind();
    match (wanted, can) {
        (_, true) => {}
        (true, false) => {
            eprintln!("--callgrind wants valgrind, which is not installed");
            exit(2);
        }
        (false, false) if asked.smoke => {
            println!("valgrind is not installed, so no instructions are counted");
        }
        (false, false) => println!("instructions are counted with --callgrind"),
    }
    can
}

fn has_callgrind() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// Instructions per call: this benchmark is run with these arguments and `--count` rounds, then with twice as many,
/// and what the second run has more is shared among the calls of `count` rounds.
pub fn instructions(arguments: &[&str], count: usize, calls_per_round: usize) -> f64 {
    let once = counted(arguments, count);
    let twice = counted(arguments, 2 * count);
    (twice - once) / (count * calls_per_round) as f64
}

fn counted(arguments: &[&str], count: usize) -> f64 {
    let answer = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=*under_callgrind*",
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--bench", "--count", &count.to_string()])
        .args(arguments)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success(), "{told}");
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    let (_, collected) = collected.expect("callgrind tells what it has collected");
    collected.trim().parse().unwrap()
}
