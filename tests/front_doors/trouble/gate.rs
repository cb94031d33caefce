//! What stands between a service and its carrier, and can be shut.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{attempts_in, local};

/// A way to a carrier that answers 503 to everything while it is shut.
pub struct Gate {
    pub address: SocketAddr,
    is_shut: Arc<AtomicBool>,
    /// The requests that were answered 503.
    pub refused: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    pub fn shut(carrier: SocketAddr) -> Self {
        let listener = TcpListener::bind(local(0)).unwrap();
        let gate = Self {
            address: listener.local_addr().unwrap(),
            is_shut: Arc::new(AtomicBool::new(true)),
            refused: Arc::default(),
        };
        let (is_shut, refused) = (Arc::clone(&gate.is_shut), Arc::clone(&gate.refused));
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let (is_shut, refused) = (Arc::clone(&is_shut), Arc::clone(&refused));
                thread::spawn(move || {
                    if is_shut.load(Ordering::SeqCst) {
                        let request = refuse(client).unwrap();
                        refused.lock().unwrap().push(request);
                    } else {
                        let there = TcpStream::connect(carrier).unwrap();
                        let (from, to) = (client.try_clone().unwrap(), there.try_clone().unwrap());
                        thread::spawn(move || pass(from, to));
                        pass(there, client);
                    }
                });
            }
        });
        gate
    }

    pub fn open(&self) {
        self.is_shut.store(false, Ordering::SeqCst);
    }

    /// The attempts for which a create request was answered 503.
    pub fn refused(&self) -> HashSet<String> {
        let requests = self.refused.lock().unwrap().clone();
        let bodies: Vec<String> = requests
            .iter()
            .filter(|request| request.starts_with("POST "))
            .map(|request| request.replace("%2F", "/"))
            .collect();
        attempts_in(bodies.iter().map(String::as_str))
    }

    /// How often it was asked for calls, in vain.
    pub fn asked(&self) -> usize {
        let requests = self.refused.lock().unwrap();
        requests
            .iter()
            .filter(|request| request.starts_with("GET "))
            .count()
    }
}

/// Bytes from one end to the other, until one of them has no more.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    drop(std::io::copy(&mut from, &mut to));
    drop(to.shutdown(std::net::Shutdown::Both));
}

/// Reads a request, and answers it 503.
fn refuse(mut client: TcpStream) -> std::io::Result<String> {
    let mut request = String::new();
    let mut bytes = [0; 4096];
    loop {
        let read = client.read(&mut bytes)?;
        request.push_str(&String::from_utf8_lossy(&bytes[..read]));
        let Some((head, body)) = request.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            break;
        }
    }
    client
        .write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(request)
}
