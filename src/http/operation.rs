//! What the API offers: each operation is declared once, with who may call it. From the declarations come
//! the routes with their gates, and the OpenAPI document; there is no route without one.

use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Responder, ResponseError, Route};

use super::audited::Deed;
use super::idempotency::Begun;
use super::openapi::Description;
use super::problem::Problem;
use super::{body, caller, idempotency};
use crate::access::{Area, Caller, Needs, Role, Scope};

/// One method of one path.
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Below the base, with the names of its parts in braces.
    pub(crate) path: &'static str,
    /// What it does, in a few words.
    pub(crate) summary: &'static str,
    pub(crate) needs: Needs,
    /// What it makes, where it makes something: it then takes an `Idempotency-Key`.
    pub(crate) creates: Option<&'static str>,
    /// What else the OpenAPI document says of it.
    pub(crate) description: Description,
    route: Route,
}

impl Operation {
    /// What it does, in a few words.
    pub(crate) fn says(&mut self, summary: &'static str) -> &mut Self {
        self.summary = summary;
        self
    }

    /// Who may call it: at least this role, for this area. What is a `GET` needs to read there, the rest to write.
    pub(crate) fn needs(&mut self, role: Role, area: Area) -> &mut Self {
        let write = self.method != Method::GET;
        self.needs = Needs::Role(role, Scope { area, write });
        self
    }

    /// Who may call it, though its method is one that changes things: it only looks.
    pub(crate) fn only_reads(&mut self, role: Role, area: Area) -> &mut Self {
        self.needs = Needs::Role(role, Scope { area, write: false });
        self
    }

    /// Whoever has a key may call it.
    pub(crate) fn needs_any_key(&mut self) -> &mut Self {
        self.needs = Needs::AnyKey;
        self
    }

    /// Whether it changes anything.
    pub(crate) fn changes(&self) -> bool {
        let only_reads = matches!(self.needs, Needs::Role(_, Scope { write: false, .. }));
        self.method != Method::GET && !only_reads
    }

    /// It makes something: the request may be repeated with the same `Idempotency-Key`.
    pub(crate) fn creates(&mut self, what: &'static str) -> &mut Self {
        self.creates = Some(what);
        self
    }
}

/// The operations of an API.
#[derive(Default)]
pub(crate) struct Api {
    pub(crate) operations: Vec<Operation>,
}

impl Api {
    pub(crate) fn get<F, Args>(&mut self, path: &'static str, handler: F) -> &mut Operation
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operation(Method::GET, path, web::get().to(handler))
    }

    pub(crate) fn post<F, Args>(&mut self, path: &'static str, handler: F) -> &mut Operation
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operation(Method::POST, path, web::post().to(handler))
    }

    pub(crate) fn patch<F, Args>(&mut self, path: &'static str, handler: F) -> &mut Operation
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operation(Method::PATCH, path, web::patch().to(handler))
    }

    pub(crate) fn delete<F, Args>(&mut self, path: &'static str, handler: F) -> &mut Operation
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operation(Method::DELETE, path, web::delete().to(handler))
    }

    /// An operation that is mounted elsewhere, and only described here.
    pub(crate) fn elsewhere(&mut self, method: Method, path: &'static str) -> &mut Operation {
        self.operation(method, path, Route::new())
    }

    /// Until it says otherwise, an operation is for those who run the installation.
    fn operation(&mut self, method: Method, path: &'static str, route: Route) -> &mut Operation {
        self.operations.push(Operation {
            method,
            path,
            summary: "",
            needs: Needs::SuperAdmin,
            creates: None,
            description: Description::default(),
            route,
        });
        self.operations.last_mut().expect("one was just put there")
    }

    /// Mounts every operation behind its gate; another method of a known path is refused by name.
    pub(crate) fn mount(self, config: &mut ServiceConfig) {
        let mut paths: Vec<(&'static str, Vec<Operation>)> = Vec::new();
        for operation in self.operations {
            match paths.iter_mut().find(|(path, _)| *path == operation.path) {
                Some((_, operations)) => operations.push(operation),
                None => paths.push((operation.path, vec![operation])),
            }
        }
        for (path, operations) in paths {
            let routes = operations.into_iter().map(|one| (one.method.clone(), gated(one)));
            config.service(super::resource(path, routes));
        }
    }
}

/// The route, behind what its operation asks of its callers. What changes something is written into the audit log, and
/// so is who was not let do it.
fn gated(operation: Operation) -> Route {
    let gate = Rc::new(Gate {
        needs: operation.needs,
        creates: operation.creates.is_some(),
        deed: Deed::of(&operation),
    });
    operation
        .route
        .wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| {
            let gate = Rc::clone(&gate);
            async move { gate.pass(request, next).await }
        }))
}

/// What stands before a handler.
struct Gate {
    needs: Needs,
    creates: bool,
    deed: Option<Deed>,
}

impl Gate {
    /// Lets in who may; what is repeated with its idempotency key gets the answer that it had.
    async fn pass(
        &self,
        mut request: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        let (caller, admitted, begun) = match self.prepare(&mut request).await {
            Ok(prepared) => prepared,
            Err(problem) => return Ok(request.into_response(problem.error_response())),
        };
        match begun {
            Begun::Plain => self.perform(request, next, &caller, admitted).await,
            Begun::Again(answer) => Ok(request.into_response(answer)),
            Begun::First(turn, receipt) => {
                let performed = self.perform(request, next, &caller, admitted);
                let (answered, receipt) = receipt.carried_along(performed).await;
                idempotency::kept(&turn, &receipt, answered?).await
            }
        }
    }

    /// Who asks, whether they may, and whether it was asked before.
    async fn prepare(
        &self,
        request: &mut ServiceRequest,
    ) -> Result<(Caller, Result<(), Problem>, Begun), Problem> {
        let (mut caller, mut admitted) = self.judge(request)?;
        let mut body = None;
        if admitted.is_ok() && body::is_to_be_buffered(request) {
            body = Some(body::buffered(request).await?);
            // A body may take its time, and the key may have been revoked meanwhile.
            (caller, admitted) = self.judge(request)?;
        }
        let begun = if self.creates && admitted.is_ok() {
            idempotency::begin(request, &caller, body.as_ref()).await?
        } else {
            Begun::Plain
        };
        Ok((caller, admitted, begun))
    }

    /// Who asks, and whether they may.
    fn judge(&self, request: &ServiceRequest) -> Result<(Caller, Result<(), Problem>), Problem> {
        let caller = caller::known(request)?;
        let admitted = caller.may(self.needs).map_err(Problem::forbidden);
        Ok((caller, admitted))
    }

    async fn perform(
        &self,
        request: ServiceRequest,
        next: Next<BoxBody>,
        caller: &Caller,
        admitted: Result<(), Problem>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        match (&self.deed, admitted) {
            (Some(deed), admitted) => deed.audited(request, next, caller, admitted).await,
            (None, Ok(())) => next.call(request).await,
            (None, Err(problem)) => Ok(request.into_response(problem.error_response())),
        }
    }
}
