//! The program: the real driver takes a card over a real socket, and commands move the customer's hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reader::miura::MiuraDriver;
use reader::{
    CardTransaction, Driver, Event, FromReader, Identity, Interfaces, Setup, State, ToReader,
    TransactionKind, WallClock,
};

const CLOCK: WallClock = WallClock { year: 26, month: 11, day: 23, hour: 10, minute: 15, second: 30 };
const LIMIT: Duration = Duration::from_secs(20);

struct Program {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mpos-reader-sim"));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        Self { child, lines: Box::new(lines) }
    }

    /// What stands behind these words on its next line.
    fn said(&mut self, words: &str) -> String {
        let line = self.lines.next().unwrap();
        line.strip_prefix(words).unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    fn refused(arguments: &[&str]) -> String {
        let mut program = Self::start(arguments);
        assert!(!program.child.wait().unwrap().success(), "{arguments:?} is taken");
        let mut said = String::new();
        program.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever moves the customer's hand.
struct Control(BufReader<TcpStream>);

impl Control {
    fn connect(address: &str) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.0.get_mut(), "{line}").unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    fn tell(&mut self, line: &str) {
        let answer = self.ask(line);
        assert!(answer == "ok" || answer.starts_with("ok {"), "{line}: {answer}");
    }
}

/// The real driver on one end of the cable.
struct Till {
    driver: MiuraDriver,
    cable: TcpStream,
    begun: Instant,
}

impl Till {
    fn plug(address: &str) -> Self {
        let cable = TcpStream::connect(address).unwrap();
        cable.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let mut till = Self { driver: MiuraDriver::new(Setup::default()), cable, begun: Instant::now() };
        till.driver.connect(0, CLOCK);
        till
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap()
    }

    /// Carries bytes until there is such an event.
    fn until<T>(&mut self, wanted: impl Fn(Event) -> Option<T>) -> T {
        while self.begun.elapsed() < LIMIT {
            while let Some(ToReader::Bytes(bytes)) = self.driver.poll_transmit() {
                self.cable.write_all(&bytes).unwrap();
            }
            let mut bytes = [0; 512];
            match self.cable.read(&mut bytes) {
                Ok(0) => panic!("unplugged"),
                Ok(count) => self.driver.handle(self.now(), FromReader::Bytes(bytes[..count].to_vec())),
                Err(error) => {
                    let quiet = [ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::Interrupted];
                    assert!(quiet.contains(&error.kind()), "{error}");
                }
            }
            self.driver.handle_timeout(self.now());
            if let Some(found) = std::iter::from_fn(|| self.driver.poll_event()).find_map(&wanted) {
                return found;
            }
        }
        panic!("still {:?}", self.driver.state());
    }

    fn ready(&mut self) -> Identity {
        self.until(|event| match event {
            Event::Ready(identity) => Some(identity),
            _ => None,
        })
    }

    fn start(&mut self) {
        let sale = CardTransaction {
            kind: TransactionKind::Purchase,
            amount_minor: 456,
            currency_numeric: 826,
            now: CLOCK,
            interfaces: Interfaces::ALL,
            text: "GBP 4.56".to_owned(),
        };
        self.driver.start(self.now(), sale).unwrap();
    }
}

#[test]
fn the_driver_takes_a_card_over_the_socket() {
    let mut program = Program::start(&["miura", "--control", "127.0.0.1:0", "--seed", "7"]);
    let cable = program.said("listening on ");
    let mut customer = Control::connect(&program.said("control on "));

    let mut till = Till::plug(&cable);
    let serial = till.ready().serial;
    till.start();
    till.until(|event| matches!(event, Event::Prompt(_)).then_some(()));
    assert!(customer.ask("cards").starts_with(r#"ok ["Visa, chip and PIN 1234","#));
    // The screen is awaited while the driver still sends: both go on at once.
    let waiting = std::thread::spawn(move || {
        customer.tell("wait text gbp 4.56 20000");
        customer.tell("wait contactless 20000");
        customer.tell("insert pin 1234");
        customer.tell("wait keypad 20000");
        customer.tell("pin 1234");
        customer
    });
    let read = till.until(|event| match event {
        Event::CardRead(read) => Some(read),
        _ => None,
    });
    assert_eq!(till.driver.state(), State::AwaitingIssuer);
    assert!(!read.encrypted.bytes().is_empty());
    let mut customer = waiting.join().unwrap();
    assert!(customer.ask("screen").contains(r#""card":"Visa, chip and PIN 1234""#));

    // Pulled and plugged in again it is the same device, and has forgotten the payment.
    drop(till);
    let mut till = Till::plug(&cable);
    assert_eq!(till.ready().serial, serial);
    customer.tell("fault silent on");
    till.start();
    till.until(|event| matches!(event, Event::Broken(reader::Fault::Silent)).then_some(()));
}

#[test]
fn lines_come_from_a_script_and_from_standard_input_as_well() {
    let script = std::env::temp_dir().join(format!("mpos-reader-sim-{}.script", std::process::id()));
    std::fs::write(&script, "# morning\n\nfault low_battery on\nwait keypad 1\nremove\n").unwrap();
    let mut program = Program::start(&["miura", "--script", script.to_str().unwrap()]);
    program.said("listening on ");
    assert_eq!(program.said("fault low_battery on: "), "ok");
    assert!(program.said("wait keypad 1: ").starts_with("error not within the time: {"));
    // It stopped where it failed: the next line is the keyboard's.
    program.child.stdin.as_mut().unwrap().write_all(b"dance\nscreen\n").unwrap();
    assert!(program.said("error ").starts_with("the lines are cards, insert"));
    assert!(program.said("ok ").starts_with(r#"{"card":null,"contactless":false"#));
    std::fs::remove_file(script).unwrap();
}

#[test]
fn only_this_machine_is_served_and_only_what_there_is() {
    for beyond in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        assert!(
            Program::refused(&["miura", "--listen", beyond]).contains("loopback addresses only"),
            "{beyond}"
        );
        assert!(
            Program::refused(&["miura", "--control", beyond]).contains("loopback addresses only"),
            "{beyond}"
        );
    }
    assert!(Program::refused(&["miura", "--link", "hid"]).contains("Miura has no such link"));
    assert!(Program::refused(&["nobody"]).contains("possible values: miura"));
    assert!(
        Program::refused(&["miura", "--script", "/nowhere/script"]).contains("cannot read /nowhere/script")
    );
}
