//! Commands from a connection, from a person at the keyboard, from a script.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::command::Command;
use crate::device::Event;

/// Takes commands from everybody who connects.
pub(crate) fn serve(listener: &TcpListener, events: &Sender<Event>) {
    for stream in listener.incoming() {
        let Ok((lines, stream)) = stream.and_then(|stream| Ok((stream.try_clone()?, stream))) else {
            continue;
        };
        let events = events.clone();
        thread::spawn(move || answer(BufReader::new(lines), stream, &events));
    }
}

/// Answers line by line until there are no more.
pub(crate) fn answer(lines: impl BufRead, mut answers: impl Write, events: &Sender<Event>) {
    for line in lines.lines() {
        let Ok(line) = line else { return };
        if writeln!(answers, "{}", ask(&line, events)).and_then(|()| answers.flush()).is_err() {
            return;
        }
    }
}

/// Carries out a script until a line of it fails, and says how each went.
pub(crate) fn play(script: &str, events: &Sender<Event>, answers: &mut impl Write) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let answer = ask(line, events);
        if writeln!(answers, "{line}: {answer}").is_err() || answer.starts_with("error") {
            return;
        }
    }
}

/// The device's answer to one line.
fn ask(line: &str, events: &Sender<Event>) -> String {
    let command = match Command::parse(line) {
        Ok(command) => command,
        Err(mistake) => return format!("error {mistake}"),
    };
    let (answer, answered) = mpsc::channel();
    let asked = events.send(Event::Asked(command, answer)).is_ok();
    let answer = answered.recv().ok().filter(|_| asked);
    answer.unwrap_or_else(|| "error the device is gone".to_owned())
}
