//! Status callbacks of calls, as fast as they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::{Connection, STATUSES, Spread, callback, cpu_seconds};

/// Where a call's statuses are reported, and its id.
pub type Call = (String, String);

/// What a load came to.
#[derive(Clone, Copy)]
pub struct Load {
    pub per_second: f64,
    pub spread: Spread,
    /// Processor time of the whole process for each, the load's own included, in microseconds.
    pub cpu_us: f64,
}

/// A call's next status is reported once so many others of its connection have begun.
const CALLS_APART: usize = 4;

/// Reports calls to their end over so many connections, as carriers do: while some begin, others end.
pub async fn load(address: SocketAddr, calls: &[Call], connections: usize) -> Load {
    let request = |sequence| move |(url, sid): &Call| callback(address, url, sid, sequence);
    let rounds = (0..STATUSES.len()).map(|sequence| calls.iter().map(request(sequence)).collect());
    let rounds: Arc<Vec<Vec<Vec<u8>>>> = Arc::new(rounds.collect());
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await);
    }
    let (begun, cpu) = (Instant::now(), cpu_seconds(std::process::id()));
    let workers = open.into_iter().enumerate().map(|(worker, mut connection)| {
        let rounds = Arc::clone(&rounds);
        tokio::spawn(async move {
            let mut taken = Vec::new();
            let beginnings = rounds[0].len().div_ceil(connections);
            for nth in 0..beginnings + CALLS_APART * (rounds.len() - 1) {
                // Not all connections come to the ends at once.
                for round in (0..rounds.len()).map(|round| (worker + round) % rounds.len()) {
                    let call = nth.checked_sub(CALLS_APART * round);
                    let request = call.and_then(|call| rounds[round].get(worker + call * connections));
                    let Some(request) = request else { continue };
                    let begun = Instant::now();
                    connection.send(request, "HTTP/1.1 204").await;
                    taken.push(begun.elapsed());
                }
            }
            taken
        })
    });
    let mut taken = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        taken.extend(worker.await.unwrap());
    }
    let cpu = cpu_seconds(std::process::id())
        .zip(cpu)
        .map(|(after, before)| after - before);
    Load {
        cpu_us: cpu.unwrap_or(f64::NAN) * 1e6 / taken.len() as f64,
        per_second: taken.len() as f64 / begun.elapsed().as_secs_f64(),
        spread: Spread::of(taken),
    }
}
