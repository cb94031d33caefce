//! What the benchmarks share: their command line, their table, figures of a spread, the machine, a carrier in this
//! process and signed callbacks as they go over the wire, the real binary as a process of its own, campaigns in great
//! number and one in memory, contact lists, and what callgrind counts.
#![allow(dead_code, unused_imports, reason = "each benchmark takes what it needs")]

mod asked;
mod campaign;
mod campaigns;
mod carrier;
pub mod contact_list;
mod fleet;
mod instructions;
mod load;
mod machine;
mod service;
mod spread;
mod table;
mod wire;

pub use asked::Asked;
pub use campaign::InMemory;
pub use campaigns::{campaign, placed, started};
pub use carrier::{Carrier, Start, line, queued, report};
pub use fleet::{Fleet, Made};
pub use instructions::{counts_instructions, instructions, under_callgrind};
pub use load::{Call, Load, load};
pub use machine::{cpu_seconds, handles, machine, most_handles, resident};
pub use service::{Service, with_many_files};
pub use spread::Spread;
pub use table::Table;
pub use wire::{Connection, STATUSES, TOKEN, api_request, callback, listener, serve};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The owner's API key.
pub const KEY: &str = "odk_owner_of_the_bench";

/// A runtime of as many threads as an outdial on two cores shares the machine with.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// A number of its own for each `n` below 64 million.
pub fn number(n: usize) -> String {
    format!("+1{}{:07}", 201 + n / 8_000_000 % 8, 2_000_000 + n % 8_000_000)
}

/// A contact list of so many numbers, all different below 64 million: one column, from the `first` on.
pub fn numbers(first: usize, count: usize) -> String {
    let rows: String = (first..first + count).map(|n| number(n) + "\n").collect();
    format!("phone\n{rows}")
}
