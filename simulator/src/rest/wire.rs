//! Closing a connection under a request, so that its client never gets an answer.

use std::any::Any;
use std::net::Shutdown;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

/// A second handle to the socket of a connection.
struct Wire(Socket);

/// Keeps a handle to the socket of a new connection.
pub(crate) fn keep_wire(connection: &dyn Any, data: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>()
        && let Ok(socket) = SockRef::from(stream).try_clone()
    {
        data.insert(Wire(socket));
    }
}

/// Closes the connection of this request. Whatever is answered afterwards reaches nobody.
pub(super) fn cut(request: &HttpRequest) {
    if let Some(Wire(socket)) = request.conn_data::<Wire>()
        && let Err(error) = socket.shutdown(Shutdown::Both)
    {
        tracing::debug!(%error, "the client had closed the connection before");
    }
}
