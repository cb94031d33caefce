//! What stands beside the API: health, the document itself, and where carriers call back. Their routes are mounted by
//! those who answer; here is what the document says of them.

use actix_web::http::Method;

use super::PATH;
use super::bodies::{DetectionForm, InboundForm, StatusForm, VoiceForm};
use super::parameters::Parameter;
use crate::http::docs;
use crate::http::operation::{Api, Operation};
use crate::view::{AliveView, ReadyView};

const TWIML: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Good morning.</Say><Hangup/></Response>";

pub(super) fn operations() -> Api {
    let mut api = Api::default();
    api.elsewhere(Method::GET, "/healthz")
        .says("Ask whether the process lives")
        .called("getHealth")
        .open()
        .answers::<AliveView>();
    api.elsewhere(Method::GET, "/readyz")
        .says("Ask whether the store takes writes, and whether dialling is held")
        .called("getReadiness")
        .open()
        .answers::<ReadyView>();
    api.elsewhere(Method::GET, PATH)
        .says("Get this document")
        .called("getOpenApi")
        .open()
        .answers::<super::examples::Document>();
    api.elsewhere(Method::GET, docs::PATH)
        .says("Read this document in a browser")
        .called("browseDocs")
        .open()
        .answers_text(
            "text/html; charset=utf-8",
            "<!doctype html><title>outdial API</title>",
        );
    api.elsewhere(Method::GET, "/metrics")
        .says("Get figures for Prometheus; they name nobody")
        .called("getMetrics")
        .open()
        .answers_text(
            "text/plain; version=0.0.4; charset=utf-8",
            "# TYPE outdial_dials_total counter\noutdial_dials_total 394\n",
        );
    for (carrier, paths) in [
        (
            "Twilio",
            [
                "/webhooks/twilio/{line_id}/attempts/{attempt_id}/status",
                "/webhooks/twilio/{line_id}/attempts/{attempt_id}/amd",
                "/webhooks/twilio/{line_id}/attempts/{attempt_id}/voice",
                "/webhooks/twilio/{line_id}/inbound",
            ],
        ),
        (
            "SignalWire",
            [
                "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/status",
                "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/amd",
                "/webhooks/signalwire/{line_id}/attempts/{attempt_id}/voice",
                "/webhooks/signalwire/{line_id}/inbound",
            ],
        ),
    ] {
        let is_twilio = carrier == "Twilio";
        let named = |twilio, signalwire| if is_twilio { twilio } else { signalwire };
        let [status, amd, voice, inbound] = paths;
        token(api.elsewhere(Method::POST, status))
            .says("Take how a call goes")
            .called(named("twilioStatus", "signalwireStatus"))
            .takes_texts::<StatusForm>()
            .answers_nothing();
        token(api.elsewhere(Method::POST, amd))
            .says("Take what answered, found out while the call went on")
            .called(named("twilioDetection", "signalwireDetection"))
            .takes_texts::<DetectionForm>()
            .answers_nothing();
        token(api.elsewhere(Method::POST, voice))
            .says("Say what an answered call is to do, as TwiML")
            .called(named("twilioVoice", "signalwireVoice"))
            .takes_texts::<VoiceForm>()
            .query(Parameter::text(
                "step",
                "Where in its script the call stands.",
                "3",
            ))
            .query(Parameter::text("try", "The how-manieth time it is asked.", "2"))
            .query(Parameter::text(
                "part",
                "What of the step is to be said.",
                "choice.1",
            ))
            .answers_text("text/xml", TWIML);
        api.elsewhere(Method::POST, inbound)
            .says("Take a message or a call to one of the line's numbers")
            .called(named("twilioInbound", "signalwireInbound"))
            .more("A person who writes STOP, or its like, is not called again by any campaign from this answer on.")
            .signed()
            .takes_texts::<InboundForm>()
            .answers_text("text/xml", TWIML);
    }
    api
}

/// What outdial put into the callback's URL.
fn token(operation: &mut Operation) -> &mut Operation {
    let operation = operation.signed();
    let operation = operation.query(Parameter::id("c", "The campaign's id.").required());
    let says = "The attempt's own secret, which only this URL names.";
    operation.query(Parameter::text("s", says, "hx3v0t8…").required())
}
