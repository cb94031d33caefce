//! `/backup` and `/release`: a copy of everything, and leave to dial for a restored one. Role: owner.

use std::io::Write;

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use futures_util::stream;
use serde_json::json;
use tokio::sync::mpsc;

use super::auth::Owner;
use super::problem::Problem;
use super::resource;
use crate::orchestrator::Orchestrator;

/// Bytes sent at a time.
const CHUNK: usize = 256 << 10;
/// Chunks that may wait for a slow reader.
const CHUNKS_WAITING: usize = 4;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/backup", [web::post().to(backup)]));
    config.service(resource("/release", [web::post().to(release)]));
}

/// The backup as it is made. One that fails on the way breaks off, which whoever reads it notices: a backup
/// ends with a hash over all of it.
async fn backup(outdial: Data<Orchestrator>, _owner: Owner) -> HttpResponse {
    let (chunks, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(CHUNKS_WAITING);
    actix_web::rt::task::spawn_blocking(move || {
        let mut pipe = Pipe {
            chunks,
            waiting: Vec::with_capacity(CHUNK),
        };
        let made = outdial.backup(&mut pipe).map_err(std::io::Error::other);
        match made.and_then(|summary| pipe.flush().map(|()| summary)) {
            Ok(summary) => tracing::info!(rows = summary.rows, bytes = summary.bytes, "a backup was made"),
            Err(error) => {
                tracing::error!(%error, "a backup was not made");
                // Whoever reads may have gone.
                drop(pipe.chunks.blocking_send(Err(error)));
            }
        }
    });
    let stream = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("Content-Disposition", "attachment; filename=\"outdial.backup\""))
        .streaming(stream)
}

async fn release(outdial: Data<Orchestrator>, _owner: Owner) -> Result<HttpResponse, Problem> {
    let held = outdial.release().await?;
    Ok(HttpResponse::Ok().json(json!({"released": held.is_some(), "was_held_because": held})))
}

/// Hands what is written to an answer, in chunks.
struct Pipe {
    chunks: mpsc::Sender<Result<Bytes, std::io::Error>>,
    waiting: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK));
        let gone = |_| std::io::Error::other("whoever asked for the backup has gone");
        self.chunks.blocking_send(Ok(chunk.into())).map_err(gone)
    }
}
