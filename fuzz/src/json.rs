//! The JSON between page and proxy, and what page and proxy write down for themselves.

use std::fmt::Debug;

use payment::api::{
    Abandon, Abandoned, Advice, CardLost, Health, Outcome, PaymentView, Problem, StartPayment, Terminal,
    Trace,
};
use payment::order::Order;
use payment::till::Attempt;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is accepted is written and read back the same. The first byte says what the rest is.
pub(crate) fn payment(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else { return };
    match kind % 13 {
        0 => comes_back::<PaymentView>(text),
        1 => comes_back::<Attempt>(text),
        2 => comes_back::<Terminal>(text),
        3 => comes_back::<Problem>(text),
        4 => comes_back::<Abandoned>(text),
        5 => comes_back::<Outcome>(text),
        6 => comes_back::<StartPayment>(text),
        7 => comes_back::<Abandon>(text),
        8 => comes_back::<Advice>(text),
        9 => comes_back::<CardLost>(text),
        10 => comes_back::<Order>(text),
        11 => comes_back::<Trace>(text),
        _ => comes_back::<Health>(text),
    }
}

fn comes_back<T: DeserializeOwned + Serialize + PartialEq + Debug>(text: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(text) {
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<T>(&written).unwrap(), read, "{written}");
    }
}
