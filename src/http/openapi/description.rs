//! What the document says of an operation beyond its route and who may call it.

use actix_web::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::examples::Example;
use super::parameters::{self, Parameter};
use crate::http::operation::Operation;
use crate::http::page::Page;

pub(super) const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data";

/// What the document says of an operation.
#[derive(Default)]
pub(crate) struct Description {
    /// How generated clients call it.
    pub(super) name: &'static str,
    /// More than its summary, where there is more to say.
    pub(super) more: &'static str,
    /// What it takes.
    pub(super) body: Option<Body>,
    /// What it answers when all is well.
    pub(super) success: Option<Success>,
    pub(super) query: Vec<Parameter>,
    /// How its answer begins where the state of things does not allow it.
    pub(super) conflict: Option<&'static str>,
    /// Whether it can be asked for too often.
    pub(super) is_limited: bool,
    /// Whether it shows the version of a thing, or heeds the one that the caller knows.
    pub(super) is_conditional: bool,
    pub(super) proof: Proof,
}

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Proof {
    /// By an API key.
    #[default]
    Key,
    /// By a carrier's signature.
    Signature,
    /// They need not.
    Nothing,
}

/// A body that an operation takes.
pub(super) struct Body {
    pub(super) content: Content,
    /// Whether it can be left out.
    pub(super) is_optional: bool,
    /// Whether it only says what is to change.
    pub(super) is_patch: bool,
}

/// An answer.
pub(super) struct Success {
    pub(super) status: StatusCode,
    /// In which forms it can come; none: it is empty.
    pub(super) contents: Vec<Content>,
}

/// One form of a body or an answer.
pub(super) struct Content {
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    pub(super) example: Value,
}

impl Content {
    fn of<T: Example>(kind: &'static str) -> Self {
        Self {
            kind,
            schema: |generator| generator.subschema_for::<T>(),
            example: T::example(),
        }
    }

    /// What is no JSON.
    fn text(kind: &'static str, example: &'static str) -> Self {
        Self {
            kind,
            schema: |generator| String::json_schema(generator),
            example: example.into(),
        }
    }
}

impl Operation {
    /// How generated clients call it: a verb and a thing, such as `createCampaign`.
    pub(crate) fn called(&mut self, name: &'static str) -> &mut Self {
        self.description.name = name;
        self
    }

    /// What there is to know beyond the summary.
    pub(crate) fn more(&mut self, more: &'static str) -> &mut Self {
        self.description.more = more;
        self
    }

    /// It takes a JSON body.
    pub(crate) fn takes<T: Example>(&mut self) -> &mut Self {
        self.body::<T>(JSON, false, false)
    }

    /// It takes a JSON body, which can be left out.
    pub(crate) fn may_take<T: Example>(&mut self) -> &mut Self {
        self.body::<T>(JSON, true, false)
    }

    /// It takes a JSON body that says what is to change (RFC 7396).
    pub(crate) fn takes_changes<T: Example>(&mut self) -> &mut Self {
        self.body::<T>(JSON, false, true)
    }

    /// It takes a form with a file.
    pub(crate) fn takes_form<T: Example>(&mut self) -> &mut Self {
        self.body::<T>(FORM, false, false)
    }

    /// It takes a form of texts, as carriers send them.
    pub(super) fn takes_texts<T: Example>(&mut self) -> &mut Self {
        self.body::<T>("application/x-www-form-urlencoded", false, false)
    }

    fn body<T: Example>(&mut self, kind: &'static str, is_optional: bool, is_patch: bool) -> &mut Self {
        self.description.body = Some(Body {
            content: Content::of::<T>(kind),
            is_optional,
            is_patch,
        });
        self
    }

    /// It answers 200 with such a thing.
    pub(crate) fn answers<T: Example>(&mut self) -> &mut Self {
        self.answers_with::<T>(StatusCode::OK)
    }

    /// It answers with this status, and such a thing.
    pub(crate) fn answers_with<T: Example>(&mut self, status: StatusCode) -> &mut Self {
        self.success(status, Some(Content::of::<T>(JSON)))
    }

    /// It answers 204, and nothing.
    pub(crate) fn answers_nothing(&mut self) -> &mut Self {
        self.success(StatusCode::NO_CONTENT, None)
    }

    /// It answers 200 with something of this media type that is no JSON; beside others that it can answer.
    pub(crate) fn answers_text(&mut self, kind: &'static str, example: &'static str) -> &mut Self {
        self.success(StatusCode::OK, Some(Content::text(kind, example)))
    }

    fn success(&mut self, status: StatusCode, content: Option<Content>) -> &mut Self {
        let success = &mut self.description.success;
        let success = success.get_or_insert_with(|| Success {
            status,
            contents: Vec::new(),
        });
        success.contents.extend(content);
        self
    }

    /// It answers 200 with a page of such things, and takes a limit and a cursor.
    pub(crate) fn lists<T: Example>(&mut self) -> &mut Self {
        let answers = self.answers::<Page<T>>();
        answers.query(parameters::limit()).query(parameters::cursor())
    }

    /// It takes this in its query.
    pub(crate) fn query(&mut self, parameter: Parameter) -> &mut Self {
        self.description.query.push(parameter);
        self
    }

    /// The state of things may not allow it, for such a reason.
    pub(crate) fn conflicts(&mut self, example: &'static str) -> &mut Self {
        self.description.conflict = Some(example);
        self
    }

    /// Who asks too often is told to wait.
    pub(crate) fn limited(&mut self) -> &mut Self {
        self.description.is_limited = true;
        self
    }

    /// What it shows has an `ETag`; what it changes it changes only as the caller knows it, where there is an `If-Match`.
    pub(crate) fn conditional(&mut self) -> &mut Self {
        self.description.is_conditional = true;
        self
    }

    /// Anybody may call it.
    pub(super) fn open(&mut self) -> &mut Self {
        self.description.proof = Proof::Nothing;
        self
    }

    /// A carrier calls it, and signs what it sends.
    pub(super) fn signed(&mut self) -> &mut Self {
        self.description.proof = Proof::Signature;
        self
    }
}
