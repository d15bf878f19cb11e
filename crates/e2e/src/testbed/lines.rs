//! A connection on which each line is answered by a line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The longest that an answer may take; whoever waits for something says a shorter limit in the line.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Lines(BufReader<TcpStream>);

impl Lines {
    pub(super) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        stream.set_read_timeout(Some(LIMIT)).expect("a limit above zero");
        Self(BufReader::new(stream))
    }

    /// Says a line and answers what stands behind `ok`.
    pub(super) fn tell(&mut self, line: &str) -> String {
        let mut answer = String::new();
        let told = writeln!(self.0.get_mut(), "{line}").and_then(|()| self.0.read_line(&mut answer));
        told.unwrap_or_else(|error| panic!("{line}: {error}"));
        let answer = answer.trim_end();
        let Some(said) = answer.strip_prefix("ok") else { panic!("{line}: {answer:?}") };
        said.trim_start().to_owned()
    }
}
