//! `mpos-reader-sim`: an emulated reader as a program.
//!
//! On `--listen` the device is plugged in whenever somebody connects, and unplugged when the connection ends; who
//! connects meanwhile waits. A serial line carries its plain bytes, HID reports travel as [records](cable). On
//! `--control`, on standard input and in a script stand the same [commands](command), one a line, each answered by one
//! line that begins with `ok` or `error`.
#![forbid(unsafe_code)]

mod cable;
mod command;
mod control;
mod device;
mod fault;

use std::error::Error;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use clap::{Parser, ValueEnum, builder::PossibleValuesParser};
use reader::{Family, Link};
use reader_sim::EMULATORS;

use crate::device::Device;

/// An emulated card reader. It holds public test keys and test cards, and listens on this machine only.
#[derive(Parser)]
#[command(version, after_help = command::HELP)]
struct Arguments {
    /// Reader family.
    #[arg(value_parser = PossibleValuesParser::new(EMULATORS.iter().map(|(name, _)| *name)))]
    family: String,
    /// The way to it, for a family that has both.
    #[arg(long)]
    link: Option<Way>,
    /// USB product id in hex, of a family with several HID devices; else the first of them.
    #[arg(long, value_parser = product)]
    product: Option<u16>,
    /// Where it is plugged in by connecting, loopback only; port 0 chooses a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where commands are taken, loopback only; port 0 chooses a free one. Standard input takes them in any case.
    #[arg(long)]
    control: Option<SocketAddr>,
    /// A file of commands, carried out one after the other until one fails; empty lines and those that begin with # are
    /// passed over.
    #[arg(long)]
    script: Option<PathBuf>,
    /// The same seed makes the same serial number and keys; without one they are new each time.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Way {
    Serial,
    Hid,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if this fails.
            let _ = writeln!(std::io::stderr(), "mpos-reader-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let (_, make) = EMULATORS.iter().find(|(name, _)| *name == arguments.family).ok_or("no such family")?;
    let link = link(&arguments)?;
    let seed = arguments.seed.unwrap_or_else(|| RandomState::new().hash_one(0));
    let device = Device::new(make(link, seed), link);

    let mut stdout = std::io::stdout();
    let (events, heard) = mpsc::channel();
    let listener = bind(arguments.listen)?;
    writeln!(stdout, "listening on {}", listener.local_addr()?)?;
    let plugged = events.clone();
    thread::spawn(move || cable::serve(&listener, link, &plugged));
    if let Some(address) = arguments.control {
        let listener = bind(address)?;
        writeln!(stdout, "control on {}", listener.local_addr()?)?;
        let asked = events.clone();
        thread::spawn(move || control::serve(&listener, &asked));
    }
    if let Some(script) = &arguments.script {
        let script = std::fs::read_to_string(script)
            .map_err(|error| format!("cannot read {}: {error}", script.display()))?;
        let asked = events.clone();
        thread::spawn(move || control::play(&script, &asked, &mut std::io::stdout()));
    }
    thread::spawn(move || control::answer(BufReader::new(std::io::stdin()), std::io::stdout(), &events));
    device.run(&heard);
    Ok(())
}

/// The link that was asked for, or the only one that the family has.
fn link(arguments: &Arguments) -> Result<Link, String> {
    let family = Family::named(&arguments.family).ok_or("no such family")?;
    let (serial, hid) = (!family.serial.is_empty(), !family.hid.is_empty());
    let product = arguments.product.or(family.hid.first().map(|filter| filter.product));
    match (arguments.link, serial, hid) {
        (Some(Way::Serial) | None, true, false) | (Some(Way::Serial), true, true) => Ok(Link::Serial),
        (Some(Way::Hid) | None, false, true) | (Some(Way::Hid), true, true) => {
            product.map(|product| Link::Hid { product }).ok_or_else(|| "no such product".to_owned())
        }
        (None, _, _) => Err(format!("{} has two links: say --link serial or --link hid", family.title)),
        (Some(_), _, _) => Err(format!("{} has no such link", family.title)),
    }
}

fn product(hex: &str) -> Result<u16, std::num::ParseIntError> {
    u16::from_str_radix(hex, 16)
}

fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    if !address.ip().is_loopback() {
        return Err(format!("emulated readers listen on loopback addresses only, not on {address}"));
    }
    TcpListener::bind(address).map_err(|error| format!("cannot listen on {address}: {error}"))
}
