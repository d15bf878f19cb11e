//! MagTek MagneSafe V5.

use std::sync::OnceLock;

use reader::magtek_v5::{CLEAR_LEN, Command, FAMILY, Reply, Reports, ResultCode, SwipeReport};
use reader::{FromReader, Link, ToReader};
use serde_json::Value;

use super::{Stranger, changed, driver, emulator, hex_texts};
use crate::script::Script;

const LINKS: [Link; 2] = [Link::Hid { product: 0x0011 }, Link::Hid { product: 0x0003 }];

/// The published reports, each swipe also with a tail behind it.
fn known() -> &'static [Vec<u8>] {
    static KNOWN: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let vectors = include_str!("../../../crates/reader/tests/vectors/magtek.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let mut known = hex_texts(&vectors["v5"]);
        let swipes: Vec<_> = known.iter().filter(|report| report.len() == 856).cloned().collect();
        known.extend(swipes.into_iter().map(|report| [report, vec![0xFF; 31]].concat()));
        known.retain(|report| !report.is_empty());
        known
    })
}

/// A report: known, changed, cut or made up.
fn report(script: &mut Script<'_>) -> Vec<u8> {
    match script.byte() % 6 {
        0 | 1 => script.choose(known()),
        2 => changed(known(), script),
        3 => {
            let report = changed(known(), script);
            let len = usize::from(script.word()) % (report.len() + 1);
            report[..len].to_vec()
        }
        4 => vec![script.byte(); CLEAR_LEN],
        _ => script.some().to_vec(),
    }
}

/// Swipes, commands and replies.
pub(crate) fn reports(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let made = report(&mut script);
    for report in [bytes, &made] {
        if let Ok(read) = SwipeReport::parse(report) {
            // A serial number that fills its field is written one letter shorter.
            let again = SwipeReport { serial: read.serial.chars().take(15).collect(), ..read };
            assert!(SwipeReport::parse(&again.encode()).ok() == Some(again));
        }
        if let Some(command) = Command::parse(report) {
            assert_eq!(Command::parse(&command.encode(60)), Some(command));
            let _ = command.name();
        }
        if let Some(reply) = Reply::parse(report) {
            assert_eq!(Reply::parse(&reply.encode(reply.data.len() + 2)), Some(reply));
            let _ = reply.encode(usize::from(script.byte()));
        }
    }
}

/// At either end, with the reports of one model.
struct MagneSafe(Reports);

impl Stranger<FromReader, ToReader> for MagneSafe {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<FromReader> {
        let id = if script.byte().is_multiple_of(8) { script.byte() } else { self.0.id };
        let said = match script.byte() % 4 {
            0 => FromReader::Feature { id, data: report(script) },
            1 => {
                let result = script.choose(&[ResultCode::SUCCESS, ResultCode::DELAYED, ResultCode::FAILURE]);
                let data = Reply { result, data: script.some() }.encode(self.0.feature_len);
                FromReader::Feature { id, data }
            }
            _ => FromReader::Input { id, data: report(script) },
        };
        vec![said]
    }

    fn understands(&mut self, told: &ToReader) -> bool {
        match told {
            ToReader::SetFeature { id, data } => {
                *id == self.0.id && data.len() == self.0.feature_len && Command::parse(data).is_some()
            }
            ToReader::GetFeature { id } => *id == self.0.id,
            _ => false,
        }
    }
}

impl Stranger<ToReader, FromReader> for MagneSafe {
    fn say(&mut self, script: &mut Script<'_>) -> Vec<ToReader> {
        let id = self.0.id;
        let said = match script.byte() % 4 {
            0 => ToReader::Bytes(script.some().to_vec()),
            1 => ToReader::Output { id, data: script.some().to_vec() },
            _ => ToReader::SetFeature { id, data: report(script) },
        };
        vec![said, ToReader::GetFeature { id }]
    }

    fn understands(&mut self, said: &FromReader) -> bool {
        match said {
            FromReader::Feature { id, data } => *id == self.0.id && Reply::parse(data).is_some(),
            FromReader::Input { id, data } => *id == self.0.id && SwipeReport::parse(data).is_ok(),
            FromReader::Bytes(_) => false,
        }
    }
}

/// The driver between an emulated reader and a stranger. The first byte chooses the model.
pub(crate) fn driver(script: &[u8]) {
    let mut script = Script::new(script);
    let link = script.choose(&LINKS);
    driver::play(&FAMILY, link, &mut MagneSafe(Reports::of(link)), script);
}

/// The emulated reader and a stranger. The first byte chooses the model.
pub(crate) fn emulator(script: &[u8]) {
    let mut script = Script::new(script);
    let link = script.choose(&LINKS);
    emulator::play(&FAMILY, link, &mut MagneSafe(Reports::of(link)), script);
}
