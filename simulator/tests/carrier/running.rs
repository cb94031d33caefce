use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use outdial_simulator::{Simulator, SimulatorConfig, SimulatorError};
use serde_json::json;

use crate::world::{TO, World};

#[test]
fn it_starts_without_any_runtime_and_frees_its_port_when_dropped() {
    let simulator = Simulator::start(SimulatorConfig::default()).unwrap();
    let address = simulator.address();
    assert_eq!(simulator.base_url(), format!("http://{address}"));
    assert!(std::net::TcpStream::connect(address).is_ok());
    let clone = simulator.clone();
    drop(simulator);
    assert!(std::net::TcpStream::connect(address).is_ok());
    drop(clone);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_taken_port_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap();
    let error = Simulator::start(SimulatorConfig {
        bind,
        ..SimulatorConfig::default()
    })
    .err()
    .unwrap();
    assert!(
        matches!(error, SimulatorError::Bind { address, .. } if address == bind),
        "{error}"
    );
}

#[test]
fn waiting_ends_when_somebody_stops_it() {
    let simulator = Simulator::start(SimulatorConfig::default()).unwrap();
    let waiter = simulator.clone();
    let waiting = thread::spawn(move || waiter.wait());
    thread::sleep(Duration::from_millis(20));
    assert!(!waiting.is_finished());
    simulator.stop();
    simulator.stop();
    waiting.join().unwrap();
}

#[tokio::test]
async fn it_stops_at_once_in_the_middle_of_calls_and_keeps_its_books() {
    let world =
        World::with(&json!({ "time_scale": 1, "ring_seconds": 0.4, "faults": { "accept_then_hang": 1 } }));
    let hanging = tokio::time::timeout(Duration::from_millis(100), world.ask(TO, "/status")).await;
    assert!(hanging.is_err());
    let started = Instant::now();
    world.simulator.stop();
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.receiver.statuses("/status"), ["initiated", "ringing"]);
    assert_eq!(world.simulator.summary().carrier_calls, 1);
}

#[tokio::test]
async fn it_tells_that_it_is_well() {
    let world = World::with(&json!({}));
    let url = format!("{}/_carrier/health", world.simulator.base_url());
    assert_eq!(world.client.get(url).send().await.unwrap().status(), 200);
}
