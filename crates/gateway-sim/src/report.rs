//! `/paynet-ui/services/transaction-report`: every final transaction of a period, as CSV.

use paynet::Fields;
use paynet::dialect::Columns;

use crate::auth::{require, text};
use crate::date;
use crate::gateway::Gateway;
use crate::http::{Refused, Reply, Request};
use crate::status::amount;

/// Where it is, under the host.
pub(crate) const PATH: &str = "/paynet-ui/services/transaction-report";

/// Documented: at most 31 days.
const LONGEST_MS: u64 = 31 * 86_400_000;

/// `now` is wall time, `moved` the clock of orders.
pub(crate) fn handle(gateway: &mut Gateway, now: u64, moved: u64, request: &Request<'_>) -> Reply {
    let (login, key) = (gateway.account.login.clone(), gateway.account.key.clone());
    let admitted = match request.method {
        "GET" => gateway.nonces.check(now, request, &Fields::default(), &login, &key),
        _ => Err(Refused::NoSuchCall(405)),
    };
    match admitted.and_then(|()| rows(gateway, moved, request)) {
        Ok(csv) => Reply { content_type: "text/csv;charset=utf-8", ..Reply::plain(200, &csv) },
        // Inferred: how the report refuses is not documented.
        Err(Refused::Validation(message)) => Reply { error_message: Some(message), ..Reply::plain(400, "") },
        Err(refused) => Reply::refused(refused, String::new(), ""),
    }
}

fn rows(gateway: &Gateway, now: u64, request: &Request<'_>) -> Result<String, Refused> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let query = Fields::decode(query.as_bytes());
    require(&query, &["createdFromDate", "createdToDate"])?;
    let time = |name| date::parse_msk(text(&query, name)).ok_or_else(|| Refused::invalid(name));
    let (from, to) = (time("createdFromDate")?, time("createdToDate")?);
    if from > to || to - from > LONGEST_MS {
        return Err(Refused::invalid("createdToDate"));
    }
    // Inferred: a list is separated by commas.
    let wanted = |name, value: &str| {
        let list = text(&query, name);
        list.is_empty() || list.split(',').any(|wanted| wanted.trim() == value)
    };
    // Inferred: the columns' names are the status answer's.
    let Columns { orderid, client_orderid, transaction_type, status, amount: sum, currency } =
        Columns::default();
    let mut csv = format!(
        "created,{orderid},{client_orderid},{transaction_type},{status},{sum},{currency},descriptor\r\n"
    );
    for order in gateway.orders.iter().filter(|order| wanted("endpoints", &order.endpoint.id)) {
        let at = &order.endpoint;
        for transaction in order.transactions() {
            let progress = transaction.progress(now);
            let is_wanted = progress.status.is_final()
                && (from..=to.saturating_add(999)).contains(&transaction.started)
                && wanted("transactionTypes", transaction.kind.name())
                && wanted("transactionStatuses", progress.status.as_str());
            if !is_wanted {
                continue;
            }
            let amount = amount(transaction, &progress.status, at.currency, at.exponent);
            let fields = [
                &date::msk(transaction.started),
                &order.id.to_string(),
                &order.client_orderid,
                transaction.kind.name(),
                progress.status.as_str(),
                &amount.decimal(),
                at.currency.as_str(),
                "SANDBOX, \"test\"",
            ];
            let quoted: Vec<_> = fields.iter().map(|field| quote(field)).collect();
            csv.push_str(&quoted.join(","));
            csv.push_str("\r\n");
        }
    }
    Ok(csv)
}

/// RFC 4180 §2.5 to 2.7.
fn quote(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
