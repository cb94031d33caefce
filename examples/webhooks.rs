//! Carriers' webhooks in a web service of one's own, in both ways that there are.
//!
//!     cargo run --release --example webhooks
//!
//! First outdial's HTTP layer stands beside the service's own routes and receives them. Then it is left out: a handler of
//! the service verifies each webhook and feeds it to `Orchestrator::report`. The carrier is a simulated one on this
//! machine, over real HTTP.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::providers::secret::Secret;
use outdial::providers::twilio::{Form, SIGNATURE_HEADER, SignatureKeys, StatusCallback};
use outdial::spec::{ContactSpec, PacingSpec};
use outdial::{Builder, CampaignSpec, Error, EventFilter, LineSpec, Orchestrator, StatusReport};
use outdial_simulator::{Behaviour, Simulator, SimulatorConfig};

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// What the service answers on a route of its own, whichever way webhooks come.
async fn orders() -> &'static str {
    "three orders"
}

/// Outdial's routes beside the service's own: the API, health, and webhooks with all that they may ask.
async fn mounted(builder: Builder, listener: TcpListener) -> Done<(Orchestrator, Server)> {
    let outdial = builder.start().await?;
    let routes = outdial.http();
    let server = HttpServer::new(move || {
        App::new()
            .route("/orders", web::get().to(orders))
            .configure(&routes)
    });
    Ok((outdial, server.workers(1).listen(listener)?.run()))
}

/// What the service needs to receive webhooks itself.
#[derive(Clone)]
struct Receiver {
    outdial: Orchestrator,
    keys: SignatureKeys,
    public_url: String,
}

/// A webhook: `status` says how a call goes, `voice` asks what to say.
async fn received(
    receiver: Data<Receiver>,
    ids: Path<(String, String, String)>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let Ok(form) = Form::parse(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    // The carrier signs the public URL as it was given it, the attempt's secret included, and the form.
    let url = format!("{}{}", receiver.public_url, request.uri());
    let signature = request.headers().get(SIGNATURE_HEADER);
    let signature = signature.and_then(|signature| signature.to_str().ok());
    if !signature.is_some_and(|signature| receiver.keys.verify_form(&url, form.params(), signature)) {
        return HttpResponse::Forbidden().finish();
    }
    let (_line, _attempt, what) = ids.into_inner();
    if what == "voice" {
        let document = "<Response><Say>Hello from a handler of our own.</Say></Response>";
        return HttpResponse::Ok().content_type("text/xml").body(document);
    }
    let Ok(callback) = StatusCallback::read(&form) else {
        return HttpResponse::BadRequest().finish();
    };
    let Some(report) = StatusReport::at(&url, callback.fact) else {
        return HttpResponse::NotFound().finish();
    };
    // Acknowledged only when it is durable; whoever hears of trouble may say it again.
    match receiver.outdial.report(report).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(Error::NotFound { .. }) => HttpResponse::NotFound().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// The service alone, with a handler that feeds outdial.
async fn own_handler(
    builder: Builder,
    listener: TcpListener,
    public_url: &str,
    auth_token: &str,
) -> Done<(Orchestrator, Server)> {
    let outdial = builder.start().await?;
    let receiver = Receiver {
        outdial: outdial.clone(),
        keys: SignatureKeys::new(&[Secret::from(auth_token.to_owned())]),
        public_url: public_url.to_owned(),
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(receiver.clone()))
            .route("/orders", web::get().to(orders))
            // `status` and `voice`; a campaign whose profile listens for machines has `amd` besides.
            .route(
                "/webhooks/twilio/{line}/attempts/{attempt}/{what}",
                web::post().to(received),
            )
    });
    Ok((outdial, server.workers(1).listen(listener)?.run()))
}

/// Calls five people, and says what came of it.
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn campaign(outdial: &Orchestrator, name: &str) -> Done<()> {
    let line = outdial.line_id("carrier").ok_or("the line is there")?;
    let mut spec = CampaignSpec::new(name, Kind::Reminder, line);
    spec.calling_windows = Some(Vec::new());
    spec.pacing = Some(PacingSpec {
        max_concurrent: 5,
        per_minute: 1200,
        delay_seconds: 0,
    });
    spec.contacts = (0..5)
        .map(|n| ContactSpec::new(format!("+12025550{:03}", 100 + n)))
        .collect();
    let campaign = outdial.create(spec).await?;
    let mut events = outdial.subscribe(EventFilter::Campaign(campaign.id));
    outdial.start(campaign.id).await?;
    while let Some(event) = events.next().await {
        if matches!(event.event, Event::Campaign { status, .. } if status.has_ended()) {
            break;
        }
    }
    let counters = outdial.campaign(campaign.id)?.progress.counters;
    println!(
        "{name}: {} of {} contacts reached",
        counters.completed, counters.total
    );
    Ok(())
}

#[actix_web::main]
#[expect(clippy::print_stdout, reason = "an example shows what happens")]
async fn main() -> Done<()> {
    for is_mounted in [true, false] {
        // A thousand times as fast as life.
        let config = SimulatorConfig {
            behaviour: Behaviour {
                time_scale: 0.001,
                ..Behaviour::default()
            },
            ..SimulatorConfig::default()
        };
        let auth_token = config.auth_token.clone();
        let carrier = Simulator::start(config.clone())?;
        let home = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let public_url = format!("http://{}", listener.local_addr()?);
        let builder = Orchestrator::builder()
            .store(home.path())
            .public_url(&public_url)
            .line(LineSpec {
                kind: "simulated".to_owned(),
                account_sid: config.account_sid,
                auth_token: config.auth_token,
                calls_per_second: 20.0,
                api_base_url: Some(carrier.base_url()),
                ..LineSpec::custom("carrier", "+12025550100")
            });
        let (name, (outdial, server)) = if is_mounted {
            ("mounted", mounted(builder, listener).await?)
        } else {
            let own = own_handler(builder, listener, &public_url, &auth_token);
            ("own handler", own.await?)
        };
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        campaign(&outdial, name).await?;
        // Whoever watches events over HTTP would hold up the server's end.
        outdial.end_event_streams();
        handle.stop(true).await;
        serving.await??;
        outdial.shutdown().await?;
        let books = carrier.books();
        let heard = books.calls.first().map(|call| format!("{:?}", call.heard));
        println!(
            "{name}: {} calls; the first heard {}",
            books.calls.len(),
            heard.unwrap_or_default()
        );
    }
    Ok(())
}
