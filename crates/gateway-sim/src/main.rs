//! `mpos-gateway-sim`: the sandbox gateway as a program.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use gateway_sim::{Account, Gateway, Recorded, Settings, server};
use paynet::{ControlKey, Currency, Login};

/// Sandbox gateway for a payment terminal. No money moves; it listens on this machine only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on, loopback only; port 0 chooses a free one.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Merchant login.
    #[arg(long, default_value = "merchantlogin")]
    login: String,
    /// Merchant control key.
    #[arg(long, env = "MPOS_GATEWAY_SIM_CONTROL_KEY", hide_env_values = true)]
    control_key: String,
    /// ENDPOINTID.
    #[arg(long, default_value = "1111")]
    endpoint: String,
    /// Currency of the endpoint.
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// One more endpoint with its currency, as 2222=USD; may be given more than once.
    #[arg(long, value_parser = endpoint)]
    also: Vec<(String, Currency)>,
    /// Where callbacks go; none are sent without it.
    #[arg(long)]
    callback_url: Option<String>,
    /// TOML file of what to play.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// File in which it writes down what it hears, card data under the public test keys included. Started with the same
    /// arguments again, it goes on from there; without it, it forgets.
    #[arg(long)]
    record: Option<PathBuf>,
}

fn endpoint(text: &str) -> Result<(String, Currency), String> {
    let (id, currency) = text.split_once('=').ok_or("must be an endpoint and its currency, as 2222=USD")?;
    Ok((id.to_owned(), currency.parse().map_err(|error| format!("{error}"))?))
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            tracing::error!("{error}{cause}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let settings = match &arguments.settings {
        Some(file) => toml::from_str(&std::fs::read_to_string(file)?)?,
        None => Settings::default(),
    };
    let login = Login::try_from(arguments.login)?;
    let key = ControlKey::try_from(arguments.control_key)?;
    let mut account =
        Account::new(login, key, arguments.endpoint, arguments.currency, arguments.callback_url)?;
    for (endpoint, currency) in arguments.also {
        account = account.also(endpoint, currency)?;
    }
    let listener = server::bind(arguments.listen).await?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), listener.local_addr()?);
    let gateway = match &arguments.record {
        Some(file) => Recorded::open(file, account, settings, seed)?,
        None => Recorded::nowhere(Gateway::new(account, settings, seed)),
    };
    server::serve(listener, gateway).await?;
    Ok(())
}
