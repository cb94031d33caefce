//! A campaign's server-sent events, as a hint that there is something new to look at.
//!
//! Whoever watches asks for the figures: events only say when. So a stream that breaks, or was never there, costs
//! nothing but time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::cli::client::{Client, Failure};

/// The figures are asked for at most this often.
const LEAST_PAUSE: Duration = Duration::from_millis(300);
/// And at least this often, with events and without them.
const WITH_EVENTS: Duration = Duration::from_secs(5);
const WITHOUT_EVENTS: Duration = Duration::from_secs(1);
/// How soon a broken stream is asked for again: later each time.
const FIRST_AGAIN: Duration = Duration::from_millis(500);
const LAST_AGAIN: Duration = Duration::from_secs(30);
/// No line of an event is longer than this.
const LONGEST_LINE: usize = 1 << 20;

/// Waits for what is new.
pub(super) struct News {
    shared: Rc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    came: Notify,
    is_live: Cell<bool>,
}

impl News {
    /// Of that campaign.
    pub(super) fn of(client: &Client, campaign: &str) -> Self {
        let shared = Rc::new(Shared::default());
        let path = format!("/campaigns/{campaign}/events");
        let listening = listen(client.clone(), path, Rc::clone(&shared));
        Self {
            shared,
            listening: actix_web::rt::spawn(listening),
        }
    }

    /// Waits until it is time to look again.
    pub(super) async fn next(&self) {
        sleep(LEAST_PAUSE).await;
        let rest = if self.shared.is_live.get() {
            WITH_EVENTS
        } else {
            WITHOUT_EVENTS
        } - LEAST_PAUSE;
        tokio::select! {
            () = self.shared.came.notified() => {}
            () = sleep(rest) => {}
        }
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(client: Client, path: String, shared: Rc<Shared>) {
    let mut stream = EventStream::default();
    let mut again = FIRST_AGAIN;
    loop {
        let heard = hear(&client, &path, &shared, &mut stream).await;
        shared.is_live.set(false);
        match heard {
            // The service has no events for us, and will not have any.
            Err(failure) if !failure.may_pass() => return,
            Ok(0) | Err(_) => again = (again * 2).min(LAST_AGAIN),
            Ok(_) => again = FIRST_AGAIN,
        }
        sleep(again).await;
    }
}

/// Listens until the stream breaks. How many events came.
async fn hear(
    client: &Client,
    path: &str,
    shared: &Shared,
    stream: &mut EventStream,
) -> Result<usize, Failure> {
    let mut response = client.listen(path, stream.last_id()).await?;
    shared.is_live.set(true);
    stream.begin();
    let mut heard = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        let Ok(events) = stream.take(&chunk) else { break };
        if events > 0 {
            heard += events;
            shared.came.notify_one();
        }
    }
    Ok(heard)
}

/// Reads the frames of `text/event-stream`, as the HTML standard has them: how many are whole, and the last id.
#[derive(Default)]
struct EventStream {
    line: Vec<u8>,
    has_data: bool,
    id: Option<String>,
    last_id: Option<String>,
}

/// A line that never ends.
#[derive(Debug, PartialEq, Eq)]
struct TooLong;

impl EventStream {
    /// Forgets what was half read, and not from where to go on.
    fn begin(&mut self) {
        self.line.clear();
        self.has_data = false;
        self.id = None;
    }

    /// The id behind which to go on.
    fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// Reads on, and says how many events were whole.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, TooLong> {
        let mut whole = 0;
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                if self.line.len() > LONGEST_LINE {
                    return Err(TooLong);
                }
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            whole += usize::from(self.take_line(&String::from_utf8_lossy(line)));
        }
        Ok(whole)
    }

    /// Whether an event is whole with this line.
    fn take_line(&mut self, line: &str) -> bool {
        if line.is_empty() {
            if let Some(id) = self.id.take() {
                self.last_id = Some(id).filter(|id| !id.is_empty());
            }
            return std::mem::take(&mut self.has_data);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "data" => self.has_data = true,
            // What kind of event it is does not matter here, a line without a field is a heartbeat, and others mean
            // nothing.
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_however_they_are_cut_up_and_heartbeats_are_none() {
        let text =
            b": hello\n\nid: 7\nevent: attempt\ndata: {\"a\": 1}\n\nid: 8\r\ndata: x\r\ndata: y\r\n\r\n:\n\n";
        for cut in 0..text.len() {
            let mut stream = EventStream::default();
            let first = stream.take(&text[..cut]).expect("short");
            assert_eq!(
                first + stream.take(&text[cut..]).expect("short"),
                2,
                "cut at {cut}"
            );
            assert_eq!(stream.last_id(), Some("8"));
        }
    }

    #[test]
    fn an_event_that_broke_off_is_asked_for_again() {
        let mut stream = EventStream::default();
        assert_eq!(stream.take(b"id: 1\ndata: a\n\nid: 2\ndata: b\n"), Ok(1));
        assert_eq!(stream.last_id(), Some("1"));
        stream.begin();
        assert_eq!(stream.take(b"\n"), Ok(0));
        assert_eq!(stream.last_id(), Some("1"));
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut stream = EventStream::default();
        assert_eq!(stream.take(&vec![b'x'; LONGEST_LINE + 1]), Err(TooLong));
    }
}
