//! What comes in on a line's numbers: messages, of which STOP and its like are heeded at once, and calls.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::OrgId;
use outdial_providers::twilio::{Inbound, InboundMessage, Wish};
use outdial_providers::twiml::{self, Twiml};

use super::measured::{Kind, Measured};
use super::{read_form, signed};
use crate::error::Error;
use crate::http::body;
use crate::http::problem::Problem;
use crate::lines::KnownLine;
use crate::orchestrator::Orchestrator;

pub(super) async fn inbound(
    outdial: Data<Orchestrator>,
    line: Path<String>,
    request: HttpRequest,
    measured: Data<Measured>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let answer = take(&outdial, &line, &request, payload);
    measured.count(Kind::Inbound, answer).await
}

async fn take(
    outdial: &Orchestrator,
    line: &str,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let line = signed(outdial, line, request, &form)?;
    let answer = match Inbound::read(&form).map_err(|error| Problem::malformed(error.to_string()))? {
        Inbound::Message(message) => heed(outdial, &line, &message).await?,
        Inbound::Call { .. } => Twiml::new()
            .say("This number is used for outgoing calls only. Goodbye.")
            .hang_up(),
    };
    Ok(HttpResponse::Ok()
        .content_type(twiml::CONTENT_TYPE)
        .body(answer.into_xml()))
}

/// Does what the message wishes, and answers where the carrier does not do so by itself.
async fn heed(outdial: &Orchestrator, line: &KnownLine, message: &InboundMessage) -> Result<Twiml, Error> {
    let org = OrgId(line.record.org);
    let answers = !line.dialect.manages_opt_outs();
    match message.wish {
        Some(Wish::Stop) => {
            let note = format!("the person wrote `{}`", message.body.trim());
            outdial.suppress(org, message.from, note).await?;
            tracing::info!(line = %line.record.name, "a person asked not to be contacted");
            let text = "You will not be contacted again. Write START to undo this.";
            Ok(reply(answers, text))
        }
        Some(Wish::Start) => {
            let lifted = outdial
                .lift_own_stop(org, message.from, message.id.as_deref())
                .await?;
            tracing::info!(line = %line.record.name, lifted, "a person asked to be contacted again");
            Ok(reply(
                answers && lifted,
                "You can be contacted again. Write STOP to end this.",
            ))
        }
        Some(Wish::Help) => Ok(reply(
            answers,
            "Write STOP not to be contacted again, START to undo it.",
        )),
        None => Ok(Twiml::new()),
    }
}

fn reply(answers: bool, text: &str) -> Twiml {
    if answers {
        Twiml::new().message(text)
    } else {
        Twiml::new()
    }
}
