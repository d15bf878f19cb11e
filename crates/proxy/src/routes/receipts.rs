//! A payment's `/receipt`, and the count of its `/prints`.

use super::{App, body::Body, payments::Id};
use crate::clock;
use crate::problem::Problem;
use crate::staff::Person;
use crate::store::Attempt;
use axum::Json;
use axum::extract::State;
use language::Language;
use payment::api::{Copy, Happened, Print, Printed, ReceiptView, Source, What};
use payment::attempt::AttemptId;
use receipt::escpos::NotPrintable;
use receipt::{Duplicate, Receipt, Zone};

/// Characters to a line of the printers that are known: 42 and 48 of 80 mm, 32 of 58 mm.
const COLUMNS: [u32; 3] = [32, 42, 48];
/// No payment has so many later transactions.
const MOST_LATER: u32 = 1_000;

pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Id(id): Id,
) -> Result<Json<ReceiptView>, Problem> {
    Ok(Json(view(&app, &person, &id).await?))
}

/// Counted before it is printed: a print that is not counted would look like the first one.
pub(super) async fn print(
    State(app): State<App>,
    person: Person,
    Id(id): Id,
    Body(print): Body<Print>,
) -> Result<Json<Printed>, Problem> {
    if print.nth > MOST_LATER || !(print.columns == 0 || COLUMNS.contains(&print.columns)) {
        return Err(Problem::Malformed);
    }
    let chosen = print.language.as_deref().map(|code| Language::from_code(code).ok_or(Problem::Malformed));
    let say = language::Receipt::built_in(chosen.transpose()?.unwrap_or(app.language));
    let view = view(&app, &person, &id).await?;
    let bytes = |mark| match print.columns {
        0 => Ok(None),
        columns => {
            let zone = Zone::ahead(print.zone);
            let receipt = Receipt::of(&view, print.nth as usize, print.copy, mark, zone, &say);
            receipt::escpos::bytes(&receipt.lines, columns as usize).map(hex::encode).map(Some)
        }
    };
    let words = app.desk.say();
    // What cannot be printed is not counted.
    bytes(Duplicate::NotCounted).map_err(refused)?;
    let at = clock::unix_ms();
    let copy = match print.copy {
        Copy::Merchant => words.step_merchant_copy(),
        Copy::Customer => words.step_customer_copy(),
    };
    let step = Happened { at, source: Source::Staff, what: What::Printed, detail: Some(copy.to_owned()) };
    let duplicate = app.desk.store().printed(&id, print.nth, print.copy, &step).await?;
    let mark = match duplicate {
        0 => Duplicate::First,
        number => Duplicate::Again { number, at },
    };
    Ok(Json(Printed { duplicate, at, bytes: bytes(mark).map_err(refused)? }))
}

fn refused(why: NotPrintable) -> Problem {
    match why {
        NotPrintable::Letters => Problem::PrinterLetters,
        NotPrintable::Printer(_) => Problem::Internal,
    }
}

async fn view(app: &App, person: &Person, id: &AttemptId) -> Result<ReceiptView, Problem> {
    let order = app.desk.store().find(id).await?.and_then(Attempt::order).ok_or(Problem::UnknownPayment)?;
    let endpoint = if order.endpoint.is_empty() { &*app.endpoint } else { &order.endpoint };
    let payment = app.desk.view(&order);
    app.may_see(person, &payment)?;
    let is_plain = |id: &String| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let link = payment.receipt.get("receipt-id").filter(|id| !id.is_empty() && is_plain(id));
    let link = link.map(|id| format!("{}/{endpoint}/{id}", app.receipts));
    Ok(ReceiptView {
        payment,
        merchant: (*app.merchant).clone(),
        till: app.till.to_string(),
        sandbox: app.limits.sandbox,
        link,
    })
}
