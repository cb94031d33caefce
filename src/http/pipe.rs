//! An answer that is written while it is read: bounded memory, however long it becomes.

use std::io::{self, Write};

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

/// Bytes sent at a time.
const CHUNK: usize = 256 << 10;
/// Chunks that may wait for a slow reader.
const CHUNKS_WAITING: usize = 4;

/// Hands what is written to an answer, in chunks; waits for a slow reader.
pub(crate) struct Pipe {
    chunks: mpsc::Sender<Result<Bytes, io::Error>>,
    waiting: Vec<u8>,
}

/// An answer to be saved as a file, which `make` writes on a thread of its own. Where that fails on the way, the answer
/// breaks off, which whoever reads it notices: its end is never sent.
pub(crate) fn file(
    content_type: &'static str,
    name: &str,
    make: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static,
) -> HttpResponse {
    let (chunks, receiver) = mpsc::channel(CHUNKS_WAITING);
    actix_web::rt::task::spawn_blocking(move || {
        let mut pipe = Pipe {
            chunks,
            waiting: Vec::with_capacity(CHUNK),
        };
        if let Err(error) = make(&mut pipe).and_then(|()| pipe.flush()) {
            // Whoever reads may have gone.
            drop(pipe.chunks.blocking_send(Err(error)));
        }
    });
    let stream = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .streaming(stream)
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK));
        let gone = |_| io::Error::other("whoever asked for it has gone");
        self.chunks.blocking_send(Ok(chunk.into())).map_err(gone)
    }
}
