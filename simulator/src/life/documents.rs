//! Asks for the documents that tell a call what to do.
//!
//! A document is tried at once and then as the directives in its URL say. With the fault `duplicate_callback` it is
//! asked for once more after its answer, which is the one that counts.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Living;
use super::talk::Stop;
use crate::call::CallStatus;
use crate::call_request::Instructions;
use crate::callbacks::{Delivered, Strikes, Target, deliver, parameters};
use crate::twiml::{Ask, Document};

/// A call that asks for more is going round in circles.
const MAX_DOCUMENTS: u32 = 100;
/// Twilio's limit.
const MAX_DOCUMENT_BYTES: usize = 64 * 1024;

/// Where a document comes from.
pub(super) enum Source {
    /// It is here.
    Inline(String),
    /// It is asked for.
    At {
        target: Box<Target>,
        /// The parameters of this request alone.
        details: Vec<(&'static str, String)>,
    },
}

impl From<Instructions> for Source {
    fn from(instructions: Instructions) -> Self {
        match instructions {
            Instructions::Inline(text) => Self::Inline(text),
            Instructions::At(target) => Self::At {
                target: Box::new(target),
                details: Vec::new(),
            },
        }
    }
}

impl Source {
    /// The same with one more parameter. A document that is here has nobody to be told to.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::At { details, .. } = &mut self {
            details.push((name, value.to_owned()));
        }
        self
    }
}

/// A document, and where it came from: what its URLs are relative to.
pub(super) struct Page {
    pub document: Document,
    target: Option<Box<Target>>,
}

impl Page {
    /// The document that this one asks for.
    pub fn ask(&self, ask: &Ask, details: Vec<(&'static str, String)>) -> Result<Source, Stop> {
        let target = match &self.target {
            Some(target) => target.join(&ask.url, ask.method),
            None => Err("is asked for by a document without a URL of its own"),
        };
        let target = target.map_err(|why| Stop::Broken(format!("{}: '{}' {why}", self.name(), ask.url)))?;
        Ok(Source::At {
            target: Box::new(target),
            details,
        })
    }

    /// Its name in the books.
    fn name(&self) -> String {
        name(self.target.as_deref())
    }
}

fn name(target: Option<&Target>) -> String {
    target.map_or_else(|| "Twiml".to_owned(), Target::path)
}

impl Living {
    /// The document from there.
    pub(super) async fn read(&mut self, source: Source) -> Result<Page, Stop> {
        let (text, target) = match source {
            Source::Inline(text) => (Ok(text), None),
            Source::At { target, details } => (self.ask(&target, details).await?, Some(target)),
        };
        let document = text.and_then(|text| Document::parse(&text));
        match document {
            Ok(document) => Ok(Page { document, target }),
            Err(why) => Err(Stop::Broken(format!("{}: {why}", name(target.as_deref())))),
        }
    }

    async fn ask(
        &mut self,
        target: &Target,
        details: Vec<(&'static str, String)>,
    ) -> Result<Result<String, String>, Stop> {
        if self.documents == MAX_DOCUMENTS {
            return Ok(Err(format!("the call has asked for {MAX_DOCUMENTS} documents")));
        }
        self.documents += 1;
        let talked = self.clock.talked();
        self.carrier.desk().ledger.talk_on(self.index, talked, 0.0);
        let mut answer = self.send_request(target.clone(), details);
        let delivered = loop {
            tokio::select! {
                answer = &mut answer => break answer,
                () = self.wake.notified() => {
                    if let Some(stop) = self.news() {
                        return Err(stop);
                    }
                }
            }
        };
        let Ok(delivered) = delivered else {
            return Err(Stop::Broken("the simulator is stopping".to_owned()));
        };
        Ok(match delivered.last {
            Ok(200..=299) if delivered.body.len() > MAX_DOCUMENT_BYTES => {
                Err(format!("longer than {MAX_DOCUMENT_BYTES} bytes"))
            }
            Ok(200..=299) => Ok(delivered.body),
            Ok(status) => Err(format!("answered with {status}")),
            Err(error) => Err(error),
        })
    }

    /// Sends the request, which goes on even if the call does not wait for its answer.
    fn send_request(
        &mut self,
        target: Target,
        details: Vec<(&'static str, String)>,
    ) -> oneshot::Receiver<Delivered> {
        let (carrier, index) = (Arc::clone(&self.carrier), self.index);
        let status = CallStatus::InProgress.as_str();
        let mut parameters = parameters(&carrier, &self.sid, &self.request, status);
        parameters.extend(details);
        let is_first = self.documents == 1;
        let twice = Strikes::draw(&carrier.behaviour(), &mut self.rng).twice;
        let (told, answer) = oneshot::channel();
        tokio::spawn(async move {
            let delivered = deliver(&carrier, &target, &parameters).await;
            if is_first {
                let mut desk = carrier.desk();
                desk.ledger.call_mut(index).instructions_fetched = Some(delivered.last.clone());
            }
            // The call may have ended or been redirected.
            let _gone = told.send(delivered);
            if twice {
                let _not_followed = deliver(&carrier, &target, &parameters).await;
            }
        });
        answer
    }
}
