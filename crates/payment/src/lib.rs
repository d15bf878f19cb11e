//! What happens to the money, without any I/O.
//!
//! * [`money`]: amounts and currencies; [`attempt`]: the one id of one payment.
//! * [`till`]: the page's flow. [`order`]: the proxy's. Both are states that consume themselves: an event goes in,
//!   the next state and a list of effects come out, and a thin driver carries the effects out.
//! * [`api`]: the JSON that page and proxy exchange. [`role`]: who may do what.
//! * [`trace`]: the name that a payment has in everybody's log.
//! * [`settlement`]: totals, closing the day, X and Z reports, takings.
//!
//! Nothing here knows HTTP, the DOM, SQL or a reader's bytes. Time is an argument in milliseconds, randomness is an
//! argument, and no input makes it panic.
#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]

pub mod api;
pub mod attempt;
pub mod json;
pub mod money;
pub mod order;
pub mod pin;
pub mod role;
pub mod secret;
pub mod settlement;
pub mod till;
pub mod trace;
