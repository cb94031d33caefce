//! `outdial campaign export`: every contact to a file, or to stdout.

use std::io::Write;
use std::path::{Path, PathBuf};

use actix_web::web::Bytes;
use clap::ValueEnum;
use reqwest::Response;

use super::Called;
use crate::cli::client::Client;
use crate::cli::progress::RowProgress;
use crate::cli::whole_file::{WholeFile, cannot};
use crate::cli::{give_bytes, say};

#[derive(clap::Args)]
#[command(after_help = "Example:\n  outdial campaign export \"July reminders\" --format csv -o july.csv")]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) called: Called,
    /// As a table that imports read back, or as all there is
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Where to; stdout otherwise. What is not whole never has this name
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

pub(super) async fn run(client: &Client, id: &str, options: &Options) -> Result<(), String> {
    let format = match options.format {
        Format::Csv => "csv",
        Format::Json => "json",
    };
    let path = format!("/campaigns/{id}/contacts/export");
    let response = client.open(&path, &[("format", format)]).await?;
    match options.output.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => to_file(client, response, path).await,
        None => to_stdout(client, response).await,
    }
}

async fn to_stdout(client: &Client, mut response: Response) -> Result<(), String> {
    while let Some(chunk) = chunk(client, &mut response).await? {
        give_bytes(&chunk);
    }
    Ok(())
}

async fn to_file(client: &Client, mut response: Response, path: &Path) -> Result<(), String> {
    let mut file = WholeFile::begin(path)?;
    let mut progress = RowProgress::new("exported");
    let mut bytes = 0;
    while let Some(chunk) = chunk(client, &mut response).await? {
        file.write_all(&chunk).map_err(cannot("write", path))?;
        bytes += chunk.len() as u64;
        progress.show_bytes(bytes);
    }
    progress.finish();
    file.keep()?;
    say(&format!("{}: {bytes} bytes", path.display()));
    Ok(())
}

/// The next part; an export that breaks off says so.
async fn chunk(client: &Client, response: &mut Response) -> Result<Option<Bytes>, String> {
    let chunk = response.chunk().await;
    Ok(chunk.map_err(|error| client.broken_off(&error))?)
}
