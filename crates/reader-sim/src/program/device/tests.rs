//! A HID device behind real sockets; a serial one is the program's own test.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;

use reader::{Family, FromReader};
use reader_sim::{Card, Faults, Hand, Screen};

use super::*;

static FAMILY: Family = Family {
    name: "echo",
    title: "Echo",
    encrypted_type: None,
    serial: &[],
    hid: &[],
    problem: |_| None,
    driver: |_, _| unreachable!("nobody drives it"),
};

/// Answers output reports with the same input report, keeps one feature report, and says so when it is plugged in.
#[derive(Default)]
struct Echo {
    said: VecDeque<FromReader>,
    feature: Vec<u8>,
    faults: Faults,
    slot: Option<Card>,
}

impl Emulator for Echo {
    fn family(&self) -> &'static Family {
        &FAMILY
    }
    fn handle(&mut self, _: u64, received: ToReader) {
        match received {
            ToReader::Output { id, data } => self.said.push_back(FromReader::Input { id, data }),
            ToReader::SetFeature { data, .. } => self.feature = data,
            ToReader::GetFeature { id } => {
                self.said.push_back(FromReader::Feature { id, data: self.feature.clone() });
            }
            ToReader::Bytes(_) => unreachable!("a HID device"),
        }
    }
    fn handle_timeout(&mut self, _: u64) {}
    fn poll_transmit(&mut self) -> Option<FromReader> {
        self.said.pop_front()
    }
    fn poll_timeout(&self) -> Option<u64> {
        None
    }
    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }
    fn screen(&self) -> Screen {
        Screen { contactless: self.slot.is_some(), ..Screen::default() }
    }
    fn card_in_slot(&self) -> Option<&Card> {
        self.slot.as_ref()
    }
    fn hand(&mut self, _: u64, hand: Hand) {
        if let Hand::Insert(card) = hand {
            self.slot = Some(card);
        }
    }
    fn replug(&mut self, _: u64) {
        self.said = [FromReader::Input { id: 9, data: b"hello".to_vec() }].into();
    }
}

/// An echo: where it is plugged in, and how it is asked.
fn start() -> (SocketAddr, Sender<Event>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (events, heard) = mpsc::channel();
    let plugged = events.clone();
    thread::spawn(move || cable::serve(&listener, Link::Hid { product: 0x0011 }, &plugged));
    thread::spawn(move || Device::new(Box::new(Echo::default()), Link::Hid { product: 0x0011 }).run(&heard));
    (address, events)
}

fn ask(events: &Sender<Event>, line: &str) -> mpsc::Receiver<String> {
    let (answer, answered) = mpsc::channel();
    events.send(Event::Asked(Command::parse(line).unwrap(), answer)).unwrap();
    answered
}

fn reads(stream: &mut TcpStream, record: &[u8]) {
    let mut read = vec![0; record.len()];
    stream.read_exact(&mut read).unwrap();
    assert_eq!(read, record);
}

const HELLO: &[u8] = &[1, 9, 0, 5, b'h', b'e', b'l', b'l', b'o'];

#[test]
fn reports_travel_as_records_both_ways() {
    let (address, _events) = start();
    let mut till = TcpStream::connect(address).unwrap();
    reads(&mut till, HELLO);
    till.write_all(&[2, 0, 0, 2, 0xAB, 0xCD, 3, 1, 0, 2, 0x15, 0, 4, 1, 0]).unwrap();
    till.write_all(&[0]).unwrap();
    reads(&mut till, &[1, 0, 0, 2, 0xAB, 0xCD]);
    reads(&mut till, &[5, 1, 0, 2, 0x15, 0]);
}

#[test]
fn each_connection_plugs_it_in_anew_and_a_second_one_waits() {
    let (address, _events) = start();
    let mut first = TcpStream::connect(address).unwrap();
    reads(&mut first, HELLO);
    let mut second = TcpStream::connect(address).unwrap();
    second.write_all(&[2, 2, 0, 1, 2]).unwrap();
    first.write_all(&[2, 1, 0, 1, 1]).unwrap();
    reads(&mut first, &[1, 1, 0, 1, 1]);
    drop(first);
    reads(&mut second, HELLO);
    reads(&mut second, &[1, 2, 0, 1, 2]);
    // What is no record ends this connection, and only this one.
    second.write_all(&[7; 4]).unwrap();
    assert_eq!(second.read(&mut [0]).unwrap_or(0), 0);
    reads(&mut TcpStream::connect(address).unwrap(), HELLO);
}

#[test]
fn a_wait_ends_when_it_is_seen_or_over() {
    let (_, events) = start();
    let over = ask(&events, "wait keypad 1").recv().unwrap();
    assert!(over.starts_with("error not within the time: {"), "{over}");
    let seen = ask(&events, "wait contactless 60000");
    assert_eq!(ask(&events, "insert phone").recv().unwrap(), "ok");
    let screen =
        r#"{"card":"Visa on a phone, tap only","contactless":true,"keypad":false,"rows":["","","",""]}"#;
    assert_eq!(seen.recv().unwrap(), format!("ok {screen}"));
    assert_eq!(ask(&events, "screen").recv().unwrap(), format!("ok {screen}"));
}
