//! The device: one emulator, its clock, its cable and whoever waits to see something on it.

use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use reader::{Link, ToReader};
use reader_sim::{Emulator, cards};
use serde_json::json;

use crate::cable;
use crate::command::{Command, Sight};

/// What happens to the device.
pub(crate) enum Event {
    /// A till connected.
    Plugged(TcpStream),
    /// The till sent this.
    Received(ToReader),
    /// The till has gone.
    Unplugged,
    /// Somebody asks for this and wants the answer.
    Asked(Command, Sender<String>),
}

/// The device.
pub(crate) struct Device {
    emulator: Box<dyn Emulator>,
    link: Link,
    begun: Instant,
    cable: Option<TcpStream>,
    waits: Vec<Wait>,
}

struct Wait {
    sight: Sight,
    until: u64,
    answer: Sender<String>,
}

impl Device {
    pub(crate) fn new(emulator: Box<dyn Emulator>, link: Link) -> Self {
        Self { emulator, link, begun: Instant::now(), cable: None, waits: Vec::new() }
    }

    /// Lives until nothing can happen to it any more.
    pub(crate) fn run(mut self, events: &Receiver<Event>) {
        loop {
            let waits = self.waits.iter().map(|wait| wait.until);
            let event = match waits.chain(self.emulator.poll_timeout()).min() {
                Some(due) => events.recv_timeout(Duration::from_millis(due.saturating_sub(self.now()))),
                None => events.recv().map_err(RecvTimeoutError::from),
            };
            match event {
                Ok(event) => self.take(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.emulator.handle_timeout(self.now());
            self.speak();
            self.answer_waits();
        }
    }

    /// Milliseconds since it was switched on.
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn take(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Plugged(cable) => {
                self.cable = Some(cable);
                self.emulator.replug(now);
            }
            Event::Received(received) => self.emulator.handle(now, received),
            Event::Unplugged => {
                self.cable = None;
                // What it was doing ends with the cable, not with the next one.
                self.emulator.replug(now);
            }
            Event::Asked(command, answer) => self.carry_out(now, command, answer),
        }
    }

    fn carry_out(&mut self, now: u64, command: Command, answer: Sender<String>) {
        let mut said = "ok".to_owned();
        match command {
            Command::Cards => {
                let names: Vec<_> = cards().iter().map(|card| card.name).collect();
                said = format!("ok {}", json!(names));
            }
            Command::Hands(hands) => hands.into_iter().for_each(|hand| self.emulator.hand(now, hand)),
            Command::Fault(fault) => fault.switch(self.emulator.faults()),
            Command::Screen => said = self.seen(),
            Command::Wait { sight, limit_ms } => {
                return self.waits.push(Wait { sight, until: now.saturating_add(limit_ms), answer });
            }
        }
        // Who asked may have gone meanwhile.
        let _ = answer.send(said);
    }

    fn seen(&self) -> String {
        let screen = self.emulator.screen();
        let card = self.emulator.card_in_slot().map(|card| card.name);
        let screen = json!({
            "rows": screen.rows, "contactless": screen.contactless, "keypad": screen.keypad, "card": card,
        });
        format!("ok {screen}")
    }

    /// Sends what the emulator has to say; into the air while nobody is connected.
    fn speak(&mut self) {
        while let Some(said) = self.emulator.poll_transmit() {
            if let Some(cable) = &mut self.cable
                && cable::write(cable, self.link, said).is_err()
            {
                // Ends the reading side as well, which tells that it is unplugged.
                let _ = cable.shutdown(Shutdown::Both);
                self.cable = None;
            }
        }
    }

    fn answer_waits(&mut self) {
        let (now, screen, seen) = (self.now(), self.emulator.screen(), self.seen());
        self.waits.retain(|wait| {
            let answer = match (wait.sight.is_on(&screen), wait.until <= now) {
                (true, _) => &seen,
                (false, true) => &seen.replacen("ok", "error not within the time:", 1),
                (false, false) => return true,
            };
            // Who asked may have gone meanwhile.
            let _ = wait.answer.send(answer.clone());
            false
        });
    }
}

#[cfg(test)]
mod tests;
