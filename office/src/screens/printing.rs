//! A receipt's way to paper: counted first, then printed by the browser or on the receipt printer.

use super::receipt::Looked;
use crate::parts::begin;
use crate::printer::{self, Fault};
use crate::{Office, moment};
use language::say;
use leptos::prelude::*;
use mpos_terminal::browser;
use mpos_terminal::device::web_serial::SerialPort;
use mpos_terminal::proxy::{self, Answer};
use payment::api::{Print, Printed};
use payment::attempt::AttemptId;
use receipt::Duplicate;

/// How long the mark may take to come to the paper before the browser prints it.
const PAINT_MS: i32 = 60;

/// Counts the print, and then prints: by the browser, or with so many characters to a line on the receipt printer.
pub(super) fn print(office: Office, looked: &'static Looked, id: AttemptId, columns: u32) {
    if looked.busy.get_untracked() {
        return;
    }
    looked.busy.set(true);
    looked.said.set(String::new());
    // A port is chosen on a click, and the click is over once the proxy has answered.
    let port = (columns > 0).then(printer::port);
    begin(async move {
        let said = match port {
            None => by_browser(office, looked, id).await,
            Some(port) => match port.await {
                Ok(port) => by_printer(office, looked, id, columns, &port).await,
                Err(fault) => fault.words().to_owned(),
            },
        };
        looked.said.set(said.clone());
        office.polite.set(said);
        looked.busy.set(false);
    });
}

async fn count(office: Office, looked: &'static Looked, id: AttemptId, columns: u32) -> Answer<Printed> {
    let (copy, nth) = (looked.copy.get_untracked(), looked.nth.get_untracked());
    let nth = u32::try_from(nth).unwrap_or_default();
    let zone = moment::minutes_ahead(browser::now());
    let language = untrack(|| looked.language()).map(|language| language.code().to_owned());
    let body = proxy::body(&Print { copy, nth, columns, zone, language });
    let answer = proxy::call::<Printed>("POST", format!("payments/{id}/prints"), Some(body)).await;
    office.away.set(matches!(answer, Answer::Nothing));
    looked.mark.set(match &answer {
        Answer::Got(Printed { duplicate: 0, .. }) => Duplicate::First,
        Answer::Got(Printed { duplicate, at, .. }) => Duplicate::Again { number: *duplicate, at: *at },
        Answer::Refused(_) | Answer::Nothing => Duplicate::NotCounted,
    });
    answer
}

async fn by_browser(office: Office, looked: &'static Looked, id: AttemptId) -> String {
    if let Answer::Refused(problem) = count(office, looked, id, 0).await {
        return problem.cashier;
    }
    browser::wait(PAINT_MS).await;
    let printed = web_sys::window().is_some_and(|window| window.print().is_ok());
    let said = if printed { say::handed_to_browser() } else { Fault::NoPrint.words() };
    said.to_owned()
}

async fn by_printer(
    office: Office,
    looked: &'static Looked,
    id: AttemptId,
    columns: u32,
    port: &SerialPort,
) -> String {
    if let Err(fault) = printer::ready(port).await {
        return fault.words().to_owned();
    }
    let bytes = match count(office, looked, id, columns).await {
        Answer::Got(printed) => printed.bytes.and_then(|bytes| hex::decode(bytes).ok()),
        Answer::Refused(problem) => return problem.cashier,
        Answer::Nothing => None,
    };
    let Some(bytes) = bytes else { return Fault::NoServer.words().to_owned() };
    match printer::print(port, &bytes).await {
        Ok(()) => say::printed().to_owned(),
        Err(fault) => fault.words().to_owned(),
    }
}
