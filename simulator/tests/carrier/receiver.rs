//! A receiver of callbacks, on loopback, that keeps what it got and answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use outdial_simulator::form_signature;

/// One request that arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    pub path_and_query: String,
    pub fields: Vec<(String, String)>,
    pub signature: String,
    /// What came in SignalWire's header.
    pub signalwire_signature: String,
    pub at: Instant,
}

impl Received {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn status(&self) -> &str {
        self.get("CallStatus").unwrap_or_default()
    }

    /// Whether it carries the signature of its parameters at this URL.
    pub fn is_signed(&self, token: &str, url: &str) -> bool {
        self.signature == form_signature(token, url, &self.fields)
    }
}

/// How one request is answered.
#[derive(Clone, Copy)]
pub struct Reply {
    pub status: u16,
    pub after: Duration,
}

#[derive(Default)]
struct Mailbox {
    received: Mutex<Vec<Received>>,
    replies: Mutex<VecDeque<Reply>>,
    documents: Mutex<HashMap<String, String>>,
}

#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    mailbox: Arc<Mailbox>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::listen(listener)
    }

    /// Starts on an address that was chosen before.
    pub fn listen(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let mailbox = Arc::new(Mailbox::default());
        let data = Data::from(Arc::clone(&mailbox));
        thread::spawn(move || {
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(data.clone())
                    .default_service(web::to(receive))
            })
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap();
            actix_web::rt::System::new().block_on(server.run()).unwrap();
        });
        Self { address, mailbox }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next requests like this; later ones with 204.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.mailbox.replies.lock().unwrap().extend(replies);
    }

    /// Answers every request at this path, query aside, with a document of these verbs.
    pub fn tell(&self, path: &str, verbs: &str) {
        self.serve(
            path,
            &format!("<?xml version=\"1.0\"?>\n<Response>{verbs}</Response>"),
        );
    }

    /// Answers every request at this path, query aside, with this text.
    pub fn serve(&self, path: &str, text: &str) {
        let mut documents = self.mailbox.documents.lock().unwrap();
        documents.insert(path.to_owned(), text.to_owned());
    }

    pub fn received(&self) -> Vec<Received> {
        self.mailbox.received.lock().unwrap().clone()
    }

    /// What arrived at this path, query aside.
    pub fn at(&self, path: &str) -> Vec<Received> {
        let is_there = |received: &Received| received.path_and_query.split('?').next() == Some(path);
        self.received().into_iter().filter(is_there).collect()
    }

    pub fn statuses(&self, path: &str) -> Vec<String> {
        self.at(path)
            .iter()
            .map(|received| received.status().to_owned())
            .collect()
    }
}

async fn receive(mailbox: Data<Mailbox>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    let received = Received {
        method: request.method().to_string(),
        path_and_query: request.uri().to_string(),
        fields: url::form_urlencoded::parse(&body).into_owned().collect(),
        signature: header("X-Twilio-Signature"),
        signalwire_signature: header("X-SignalWire-Signature"),
        at: Instant::now(),
    };
    mailbox.received.lock().unwrap().push(received);
    let document = mailbox.documents.lock().unwrap().get(request.path()).cloned();
    if let Some(document) = document {
        return HttpResponse::Ok().content_type("text/xml").body(document);
    }
    let reply = mailbox.replies.lock().unwrap().pop_front();
    let reply = reply.unwrap_or(Reply {
        status: 204,
        after: Duration::ZERO,
    });
    tokio::time::sleep(reply.after).await;
    HttpResponse::build(reply.status.try_into().unwrap()).finish()
}
