//! What a gateway heard, line by line in a file: killed and started again, it is where it was.
//!
//! The core is a function of its seed and of what it hears, so nothing else has to be kept; callbacks that were answered
//! are sent once more. The file holds what clients sent, card data under the public test keys included.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::gateway::{Account, Gateway};
use crate::http::{Reply, Request};
use crate::settings::Settings;

/// A gateway that writes down what it hears before it acts on it, if it has a file to do so.
#[derive(Debug)]
pub struct Recorded {
    gateway: Gateway,
    file: Option<File>,
}

/// A line of the file. Times as in [`Gateway`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The first one.
    Seed(u64),
    /// A request that may have changed something.
    Request(Heard),
}

/// A request; its body in hex.
#[derive(Serialize, Deserialize)]
struct Heard {
    now: u64,
    method: String,
    host: String,
    target: String,
    authorization: Option<String>,
    content_type: Option<String>,
    body: String,
}

impl Recorded {
    /// A gateway that forgets everything when it ends.
    #[must_use]
    pub fn nowhere(gateway: Gateway) -> Self {
        Self { gateway, file: None }
    }

    /// Takes up the gateway of this file, or begins one with `seed`. Account and settings have to be those that it began
    /// with.
    ///
    /// # Errors
    /// What the file fails with, also [`io::ErrorKind::InvalidData`] for one that holds something else.
    pub fn open(path: &Path, account: Account, settings: Settings, seed: u64) -> io::Result<Self> {
        let mut file = File::options().create(true).read(true).append(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line without its end was never acted on.
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        file.set_len(whole.len() as u64)?;
        let mut lines = whole.lines().map(serde_json::from_str::<Line>);
        let seed = match lines.next().transpose()? {
            Some(Line::Seed(seed)) => seed,
            Some(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a record begins with its seed"));
            }
            None => {
                write(&mut file, &Line::Seed(seed))?;
                seed
            }
        };
        let mut gateway = Gateway::new(account, settings, seed);
        for line in lines {
            match line? {
                Line::Seed(_) => {}
                Line::Request(heard) => {
                    let body = hex::decode(&heard.body).map_err(io::Error::other)?;
                    // Its answer was given, or was lost with the process.
                    let _ = gateway.handle(heard.now, &heard.request(&body));
                }
            }
        }
        Ok(Self { gateway, file: Some(file) })
    }

    pub(crate) fn handle(&mut self, now: u64, request: &Request<'_>) -> Reply {
        let only_looks = request.method == "GET" && request.target.starts_with("/control/");
        if let Some(file) = self.file.as_mut().filter(|_| !only_looks)
            && let Err(error) = write(file, &Line::Request(Heard::of(now, request)))
        {
            tracing::error!(%error, "the record cannot be written");
            return Reply::plain(500, "Internal error");
        }
        self.gateway.handle(now, request)
    }

    pub(crate) fn gateway(&mut self) -> &mut Gateway {
        &mut self.gateway
    }
}

/// In one write, so that a kill leaves a whole line or none that counts. The system has it then; only a power cut of the
/// machine would lose it.
fn write(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

impl Heard {
    fn of(now: u64, request: &Request<'_>) -> Self {
        Self {
            now,
            method: request.method.to_owned(),
            host: request.host.to_owned(),
            target: request.target.to_owned(),
            authorization: request.authorization.map(str::to_owned),
            content_type: request.content_type.map(str::to_owned),
            body: hex::encode(request.body),
        }
    }

    fn request<'a>(&'a self, body: &'a [u8]) -> Request<'a> {
        Request {
            method: &self.method,
            host: &self.host,
            target: &self.target,
            authorization: self.authorization.as_deref(),
            content_type: self.content_type.as_deref(),
            body,
        }
    }
}
