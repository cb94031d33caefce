//! One suite of behaviours that every store owes, run over each of them: the store on disk, and the
//! one in memory both as it commits at once and as it waits to be flushed. What only one of them
//! can do (a directory in use, a crash on command) has a module of its own.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

/// One test per behaviour and store.
macro_rules! over_every_store {
    ($($behaviour:ident),+ $(,)?) => {
        mod on_disk {
            $(#[test] fn $behaviour() { super::$behaviour(&mut crate::stores::Subject::on_disk()); })+
        }
        mod in_memory_at_once {
            $(#[test] fn $behaviour() { super::$behaviour(&mut crate::stores::Subject::at_once()); })+
        }
        mod in_memory_on_flush {
            $(#[test] fn $behaviour() { super::$behaviour(&mut crate::stores::Subject::on_flush()); })+
        }
    };
}

mod batches;
mod crash;
mod directory;
mod epochs;
mod failure;
mod gate;
mod groups;
mod model;
mod order;
mod rows;
mod scans;
mod stores;
mod taps;
mod to_read;
