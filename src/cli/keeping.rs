//! `outdial backup`, `restore` and `release`.
//!
//! They work on the data directory that the configuration names. Where a service runs over it, it is asked, at
//! the address that it has left there and with a key that only whoever can read the directory can know.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use outdial_actors::clock::{Clock, SystemClock};
use outdial_storage::backup::{BackupSummary, read_backup, restore_backup};
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Health, Store, StoreError};

use super::progress::RowProgress;
use super::whole_file::{WholeFile, cannot, private, sync_directory};
use super::{give, local, say};
use crate::builder::make_private;
use crate::config::{self, Config};
use crate::keeping::{KEY_FILE, STORE, UPLOADS, back_up};

#[derive(clap::Args)]
pub(super) struct Options {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    configured: Configured,
}

#[derive(clap::Args)]
pub(super) struct Configured {
    /// The configuration file of the service; OUTDIAL_* environment variables go over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Configured {
    fn load(&self) -> Result<Config, String> {
        config::load(self.config.as_deref(), |name| std::env::var(name).ok())
    }
}

/// Copies everything to a file: from the service that runs over the data directory, or from the directory.
pub(super) fn backup(options: &Options) -> Result<(), String> {
    let config = options.configured.load()?;
    let mut file = WholeFile::begin(&options.file)?;
    write_to(&mut file, &config)?;
    // What is not whole never gets the name.
    let summary = {
        let written = file.synced()?;
        read_backup(&mut BufReader::new(open(written)?)).map_err(|error| error.to_string())?
    };
    file.keep()?;
    give(&format!("{}: {}", options.file.display(), shown(&summary)));
    if summary.blobs.iter().any(|(name, _)| name == KEY_FILE) {
        say("The backup holds the installation's key: keep it as safe as the data directory.");
    } else {
        say(
            "The backup does not hold the secret key, which is given from elsewhere: keep a copy of that, too.",
        );
    }
    Ok(())
}

fn write_to(out: &mut WholeFile, config: &Config) -> Result<(), String> {
    let (home, own_key) = (&config.data_dir, config.secret_key.is_none());
    let mut progress = RowProgress::new("copied");
    match SledStore::open_to_read(&home.join(STORE), SledOptions::default()) {
        Ok(store) => {
            back_up(&store, home, own_key, SystemClock.now(), out, &mut |rows| {
                progress.show(rows);
            })
            .map_err(|error| error.to_string())?;
        }
        Err(error) => match local::client_of_holder(config, &error) {
            Some(service) => local::backup(&service?, out, &mut |bytes| progress.show_bytes(bytes))?,
            None => return Err(error.to_string()),
        },
    }
    progress.finish();
    Ok(())
}

/// Puts a backup where there is nothing yet. What is restored dials nothing until it is released.
pub(super) fn restore(options: &Options) -> Result<(), String> {
    let home = options.configured.load()?.data_dir;
    let mut file = BufReader::new(open(&options.file)?);
    let backup = read_backup(&mut file).map_err(|error| format!("{}: {error}", options.file.display()))?;
    refuse_what_is_there(&home, &backup)?;
    make_private(&home.join(UPLOADS)).map_err(cannot("make", &home))?;
    let held = format!(
        "this store was restored from a backup of {}, and does not know whom the original has called since; pause or \
         cancel what must not go on, then run `outdial release`",
        backup.created_at
    );
    let mut progress = RowProgress::new("restored");
    let mut made = Vec::new();
    let restored = restore_backup(
        &mut file,
        &home.join(STORE),
        SledOptions::default(),
        &held,
        &mut |name| {
            let path = home.join(name);
            let file = private(&path)?;
            made.push(path);
            Ok(Some(Box::new(Synced(file))))
        },
        &mut |rows| progress.show(rows),
    );
    progress.finish();
    let summary = restored.map_err(|error| {
        for path in &made {
            // Nothing may keep the next restore from its work.
            drop(std::fs::remove_file(path));
        }
        error.to_string()
    })?;
    for directory in [&home, &home.join(UPLOADS)] {
        sync_directory(directory).map_err(cannot("sync", directory))?;
    }
    give(&format!("{}: {}", home.display(), shown(&summary)));
    say("Dialling is held: start the service, look at the campaigns, then run `outdial release`.");
    Ok(())
}

/// A file whose flush reaches the disk.
struct Synced(File);

impl Write for Synced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.sync_all()
    }
}

/// What is there belongs to somebody, and is not written over.
fn refuse_what_is_there(home: &Path, backup: &BackupSummary) -> Result<(), String> {
    let is_store =
        |store: &PathBuf| std::fs::read_dir(store).is_ok_and(|mut entries| entries.next().is_some());
    let brings_key = backup.blobs.iter().any(|(name, _)| name == KEY_FILE);
    let (store, key) = (home.join(STORE), home.join(KEY_FILE));
    let there = Some(store)
        .filter(is_store)
        .or(Some(key).filter(|key| brings_key && key.exists()));
    match there {
        None => Ok(()),
        Some(path) => Err(format!(
            "there is a `{}` already; move it away, or restore to another place with OUTDIAL_DATA_DIR",
            path.display()
        )),
    }
}

/// Lets a restored outdial dial.
pub(super) fn release(configured: &Configured) -> Result<(), String> {
    let config = configured.load()?;
    let home = &config.data_dir;
    let was_held = match SledStore::open_to_read(&home.join(STORE), SledOptions::default()) {
        Ok(store) => {
            drop(store);
            release_store(&home.join(STORE)).map_err(|error| error.to_string())?
        }
        Err(error) => match local::client_of_holder(&config, &error) {
            Some(service) => local::release(&service?)?,
            None => return Err(error.to_string()),
        },
    };
    give(if was_held {
        "released: campaigns dial again"
    } else {
        "dialling was not held; nothing was changed"
    });
    Ok(())
}

fn release_store(path: &Path) -> Result<bool, StoreError> {
    let store = SledStore::open(path, SledOptions::default())?;
    let is_held = read::held(&store)?.is_some();
    let epoch = match &*store.health().borrow() {
        Health::Up { epoch } => *epoch,
        Health::Down { reason } => return Err(StoreError::Unavailable(reason.clone())),
    };
    let mut batch = Batch::new();
    batch.release();
    store.commit(epoch, batch).wait()?;
    Ok(is_held)
}

fn shown(summary: &BackupSummary) -> String {
    format!(
        "backup of {}, {} rows, {} files, {} bytes",
        summary.created_at,
        summary.rows,
        summary.blobs.len(),
        summary.bytes
    )
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(cannot("read", path))
}
