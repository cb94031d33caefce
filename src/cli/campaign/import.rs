//! `outdial campaign import`: a contact list of any size, from its upload to its last row.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::Body;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use super::Called;
use crate::cli::client::Client;
use crate::cli::columns::Columns;
use crate::cli::named::text;
use crate::cli::progress::{ByteProgress, ListProgress};
use crate::cli::table::plain;
use crate::cli::whole_file::{WholeFile, cannot};
use crate::cli::{give, give_json, say};

/// How often an import is looked at: soon at first, for short lists, and then less and less.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LOOK_EVERY: Duration = Duration::from_millis(1000);
/// A service that restarts in the middle goes on with the list; it is given this many looks to come back.
const LOOKS_IN_VAIN: u32 = 30;
/// Bytes of a file sent at a time.
const CHUNK: usize = 64 << 10;
/// Rows that cannot be used and are told at once; the rest are counted.
const TOLD: u64 = 5;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    outdial campaign import \"July reminders\" july.csv\n  \
    outdial campaign import 0197c1 leads.xlsx --sheet Spring --region DE --errors rejected.csv\n\n\
    Rows that cannot be used do not fail the import; it fails if the file as a whole cannot be read. `outdial check FILE`\n\
    reads a list without a service.")]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) called: Called,
    /// The contact list: CSV, text, XLSX or XLS
    file: PathBuf,
    /// The worksheet of a workbook; without it, the first with anything in it
    #[arg(long)]
    sheet: Option<String>,
    /// The region of numbers written without a country code; the campaign's own otherwise
    #[arg(long)]
    region: Option<String>,
    /// End when the file is uploaded; its rows are taken in by the service all the same
    #[arg(long, conflicts_with = "errors")]
    no_wait: bool,
    /// Write the rows that cannot be used to this file, as CSV
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// The API's own answer, as the import stands in the end
    #[arg(long)]
    json: bool,
    // Last, because its heading is that of all that follow.
    #[command(flatten)]
    columns: Columns,
}

/// How a list is taken in.
pub(super) struct How<'h> {
    pub(super) sheet: Option<&'h str>,
    pub(super) columns: Option<&'h Columns>,
    pub(super) region: Option<&'h str>,
    pub(super) errors: Option<&'h Path>,
}

/// A list that is to be uploaded.
pub(super) struct List {
    file: std::fs::File,
    name: String,
    bytes: u64,
}

impl List {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let file = std::fs::File::open(path).map_err(cannot("read", path))?;
        let metadata = file.metadata().map_err(cannot("read", path))?;
        if !metadata.is_file() {
            return Err(format!("`{}` is no file that can be uploaded", path.display()));
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self {
            file,
            name: name.to_string_lossy().into_owned(),
            bytes: metadata.len(),
        })
    }
}

pub(super) async fn run(client: &Client, id: &str, options: &Options) -> Result<(), String> {
    let how = How {
        sheet: options.sheet.as_deref(),
        columns: Some(&options.columns),
        region: options.region.as_deref(),
        errors: options.errors.as_deref(),
    };
    let list = List::open(&options.file)?;
    let import = if options.no_wait {
        uploaded(client, id, list, &how).await?
    } else {
        taken_in(client, id, list, &how).await?
    };
    if options.json {
        give_json(&import);
    } else if options.no_wait {
        give(text(&import, "id"));
    } else {
        give(&counts(&import));
    }
    Ok(())
}

/// What became of the rows, on one line.
pub(super) fn counts(import: &Value) -> String {
    format!(
        "{} contacts imported, {} duplicates, {} rows rejected",
        import["imported"], import["duplicates"], import["rejected"]
    )
}

/// Uploads a list and follows it to its end. An import that does not come to its end is an error.
pub(super) async fn taken_in(
    client: &Client,
    campaign: &str,
    list: List,
    how: &How<'_>,
) -> Result<Value, String> {
    let import = uploaded(client, campaign, list, how).await?;
    let path = format!("/campaigns/{campaign}/imports/{}", text(&import, "id"));
    let import = followed(client, &path).await?;
    tell_rejected(client, &path, &import, how.errors).await?;
    let name = plain(text(&import, "file_name"));
    match text(&import, "state") {
        "completed" => Ok(import),
        "failed" => Err(format!(
            "the import of `{name}` failed: {}; {}",
            plain(text(&import, "reason")),
            counts(&import)
        )),
        state => Err(format!("the import of `{name}` was {state}; {}", counts(&import))),
    }
}

async fn uploaded(client: &Client, campaign: &str, list: List, how: &How<'_>) -> Result<Value, String> {
    let mut progress = ByteProgress::new(format!("uploading {}", plain(&list.name)), list.bytes);
    // The body may be sent from another thread, which tells by this how far it is.
    let (tell, mut told) = mpsc::unbounded_channel();
    let file = tokio::fs::File::from_std(list.file).take(list.bytes);
    let chunks = stream::try_unfold((file, tell), |(mut file, tell)| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        // Nobody listens any more where the upload was given up: there is then no more to read for either.
        let is_wanted = tell.send(read as u64).is_ok();
        Ok::<_, std::io::Error>((read > 0 && is_wanted).then_some((chunk, (file, tell))))
    });
    let fields: Vec<(&'static str, &str)> = [("sheet", how.sheet), ("default_region", how.region)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .chain(how.columns.into_iter().flat_map(Columns::fields))
        .collect();
    let path = format!("/campaigns/{campaign}/imports");
    let body = Body::wrap_stream(chunks.boxed());
    let upload = client.upload(&path, &list.name, list.bytes, body, &fields);
    tokio::pin!(upload);
    let answer = loop {
        tokio::select! {
            answer = &mut upload => break answer,
            Some(bytes) = told.recv() => progress.add(bytes),
        }
    };
    progress.finish();
    Ok(answer?["import"].take())
}

/// Looks at an import until it is over.
async fn followed(client: &Client, path: &str) -> Result<Value, String> {
    let mut progress: Option<ListProgress> = None;
    let (mut pause, mut in_vain) = (FIRST_LOOK, 0);
    loop {
        match client.get(path, &[]).await {
            Ok(import) => {
                in_vain = 0;
                if text(&import, "state") != "running" {
                    if let Some(progress) = progress {
                        progress.finish();
                    }
                    return Ok(import);
                }
                let count = |field: &str| import[field].as_u64().unwrap_or(0);
                progress
                    .get_or_insert_with(|| ListProgress::new("importing", count("bytes_total")))
                    .show(count("rows_read"), count("bytes_read"));
            }
            Err(failure) if failure.may_pass() && in_vain < LOOKS_IN_VAIN => in_vain += 1,
            Err(failure) => return Err(failure.into()),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LOOK_EVERY);
    }
}

/// Tells the first of the rows that cannot be used, or writes all of them to a file.
async fn tell_rejected(
    client: &Client,
    path: &str,
    import: &Value,
    file: Option<&Path>,
) -> Result<(), String> {
    let errors = format!("{path}/errors");
    if let Some(file) = file {
        let mut out = WholeFile::begin(file)?;
        let mut response = client.open(&errors, &[("format", "csv")]).await?;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| client.broken_off(&error))?
        {
            out.write_all(&chunk).map_err(cannot("write", file))?;
        }
        out.keep()?;
    }
    let rejected = import["rejected"].as_u64().unwrap_or(0);
    if rejected == 0 {
        return Ok(());
    }
    let first = client.get(&errors, &[("limit", &TOLD.to_string())]).await?;
    for row in first["items"].as_array().into_iter().flatten() {
        say(&plain(&format!(
            "row {}: {} `{}`: {}",
            row["row"],
            text(row, "field"),
            text(row, "value").replace('\n', " "),
            text(row, "reason")
        )));
    }
    match file {
        Some(file) => say(&format!("all {rejected} rejected rows are in {}", file.display())),
        None if rejected > TOLD => say(&format!(
            "and {} rejected rows more: --errors FILE writes them all, as does GET /api/v1{errors}?format=csv",
            rejected - TOLD
        )),
        None => {}
    }
    Ok(())
}
