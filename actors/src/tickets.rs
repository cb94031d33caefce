//! Who waits for tickets: one task per thread, whatever its campaigns commit.
//!
//! Batches become durable in the order in which they were committed, so whoever waits for the first of a thread's
//! tickets finds those behind it settled as well, more often than not: a sync that covers hundreds of them wakes the
//! thread once.

use actix::Addr;
use outdial_storage::store::Ticket;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::campaign_actor::{CampaignActor, Settled};

/// A ticket, and who is to be told of it.
struct Wait {
    ticket: Ticket,
    commit: u64,
    campaign: Addr<CampaignActor>,
}

/// The way to the task. It ends when the last of them is gone.
#[derive(Clone)]
pub(crate) struct Tickets(UnboundedSender<Wait>);

impl Tickets {
    /// Starts the task on this thread.
    pub(crate) fn start() -> Self {
        let (sender, waits) = mpsc::unbounded_channel();
        actix_rt::spawn(wait_in_turn(waits));
        Self(sender)
    }

    /// Tells the campaign when the ticket of this commit of its own has settled.
    pub(crate) fn wait(&self, ticket: Ticket, commit: u64, campaign: Addr<CampaignActor>) {
        let wait = Wait {
            ticket,
            commit,
            campaign,
        };
        // The task ends with the thread, and the campaigns with it.
        drop(self.0.send(wait));
    }
}

async fn wait_in_turn(mut waits: UnboundedReceiver<Wait>) {
    while let Some(Wait {
        ticket,
        commit,
        campaign,
    }) = waits.recv().await
    {
        campaign.do_send(Settled(commit, ticket.await));
    }
}
