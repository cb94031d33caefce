//! The queue of calls that wait for their turn, and the pace at which they leave it.
//!
//! Calls begin in the order of their creation, no faster than `calls_per_second` in real time. A change of the
//! behaviour counts at once, also for those that wait. A call canceled in the queue takes no turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::behaviour::Behaviour;
use crate::call::{CallIndex, CallStatus};
use crate::carrier::Carrier;
use crate::life;

const TIMER_LATENESS: Duration = Duration::from_millis(20);

/// A call that may begin, but not before this instant.
pub(crate) struct DialOrder {
    pub call: CallIndex,
    pub not_before: Instant,
}

/// Begins calls until the carrier is gone.
pub(crate) async fn run(carrier: Arc<Carrier>, mut queue: UnboundedReceiver<DialOrder>) {
    let mut behaviour = carrier.watch_behaviour();
    let mut last_turn = None;
    while let Some(order) = queue.recv().await {
        turn(&mut behaviour, last_turn).await;
        if carrier.desk().ledger.call(order.call).status != CallStatus::Queued {
            continue;
        }
        last_turn = Some(taken(due(&behaviour.borrow(), last_turn)));
        tokio::spawn(life::live(Arc::clone(&carrier), order));
    }
}

/// When the next call may begin; `None`: at once.
fn due(behaviour: &Behaviour, last_turn: Option<Instant>) -> Option<Instant> {
    let pace = behaviour.calls_per_second?;
    Some(last_turn? + Duration::from_secs_f64(1.0 / pace))
}

/// When a turn counts as taken: when it was due, if the timer woke us only a little late, so that lateness does not
/// add up to a lower pace.
fn taken(due: Option<Instant>) -> Instant {
    let now = Instant::now();
    due.filter(|due| now.saturating_duration_since(*due) < TIMER_LATENESS)
        .unwrap_or(now)
}

async fn turn(behaviour: &mut watch::Receiver<Arc<Behaviour>>, last_turn: Option<Instant>) {
    loop {
        let next = due(&behaviour.borrow_and_update(), last_turn);
        let Some(next) = next.filter(|next| *next > Instant::now()) else {
            return;
        };
        tokio::select! {
            () = sleep_until(next) => return,
            changed = behaviour.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}
