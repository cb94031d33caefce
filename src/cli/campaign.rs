//! `outdial campaign`: campaigns of a running service, over its HTTP API.

use clap::Subcommand;

use super::client::{Target, wait_for};
use super::named::CAMPAIGN;

mod changes;
mod create;
mod events;
mod export;
mod import;
mod look;
mod moves;
mod watch;

/// A campaign as it is called on the command line.
#[derive(clap::Args)]
struct Called {
    /// The campaign: its id, an unambiguous beginning of it, or its exact name
    #[arg(value_name = "CAMPAIGN")]
    campaign: String,
}

#[derive(clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List campaigns, the newest first
    List(look::List),
    /// Show a campaign
    Show(look::Show),
    /// Create a campaign, with its contacts if you like
    Create(Box<create::Options>),
    /// Change a campaign's configuration
    Edit(changes::Edit),
    /// Start it: at once, or at the time of its schedule
    Start(moves::Plain),
    /// Let nothing more be dialled, and say what may still ring
    Pause(moves::Plain),
    /// Go on after a pause
    Resume(moves::Plain),
    /// End it: its calls run out, whoever is left is skipped
    Complete(moves::Plain),
    /// Call it off
    Cancel(moves::Cancel),
    /// Put an ended one away
    Archive(moves::Plain),
    /// Delete a campaign and all that is known of it
    Delete(changes::Delete),
    /// Make a draft like it
    Duplicate(changes::Duplicate),
    /// Follow a campaign as it runs
    Watch(watch::Options),
    /// Take in a contact list
    Import(import::Options),
    /// Write all contacts, and how it went for them, to a file
    Export(export::Options),
}

pub(super) fn run(options: Options) -> Result<(), String> {
    let client = options.target.client()?;
    wait_for(async {
        match options.command {
            Command::List(list) => look::list(&client, &list).await,
            Command::Create(new) => create::run(&client, &new).await,
            Command::Show(show) => {
                let id = CAMPAIGN.id(&client, &show.called.campaign).await?;
                look::show(&client, &id, &show).await
            }
            Command::Edit(edit) => {
                let id = CAMPAIGN.id(&client, &edit.called.campaign).await?;
                changes::edit(&client, &id, &edit).await
            }
            Command::Start(plain) => moves::run(&client, "start", &plain).await,
            Command::Pause(plain) => moves::pause(&client, &plain).await,
            Command::Resume(plain) => moves::run(&client, "resume", &plain).await,
            Command::Complete(plain) => moves::run(&client, "complete", &plain).await,
            Command::Archive(plain) => moves::run(&client, "archive", &plain).await,
            Command::Cancel(cancel) => moves::cancel(&client, &cancel).await,
            Command::Delete(delete) => {
                let id = CAMPAIGN.id(&client, &delete.called.campaign).await?;
                changes::delete(&client, &id, &delete).await
            }
            Command::Duplicate(duplicate) => {
                let id = CAMPAIGN.id(&client, &duplicate.called.campaign).await?;
                changes::duplicate(&client, &id, &duplicate).await
            }
            Command::Watch(watch) => {
                let id = CAMPAIGN.id(&client, &watch.called.campaign).await?;
                watch::run(&client, &id, &watch).await
            }
            Command::Import(import) => {
                let id = CAMPAIGN.id(&client, &import.called.campaign).await?;
                import::run(&client, &id, &import).await
            }
            Command::Export(export) => {
                let id = CAMPAIGN.id(&client, &export.called.campaign).await?;
                export::run(&client, &id, &export).await
            }
        }
    })
}
