//! `mpos-proxy`: one binary is a whole installation.

use axum_server::Handle;
use clap::{Args, Parser, Subcommand};
use payment::attempt::AttemptId;
use proxy::backup;
use proxy::books::{Books, Days, command, parse_day};
use proxy::callback::Callbacks;
use proxy::config::Config;
use proxy::desk::Desk;
use proxy::gateway::PaynetGateway;
use proxy::guard::Origin;
use proxy::keep::command::{Which, erase};
use proxy::kiosk::{Browser, Group, Platform, Policy, udev_rules};
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::routes::App;
use proxy::server::Listener;
use proxy::store::sqlite::SqliteStore;
use reader::{FAMILIES, Family};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How long a stop waits for pages that are being answered. Orders need no time: they are taken up again.
const GRACE: Duration = Duration::from_secs(5);

/// The server between the till's page and the payment gateway.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(flatten)]
    serve: Option<Serve>,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Args)]
struct Serve {
    /// The settings file.
    #[arg(long)]
    config: PathBuf,
    /// Check the settings and stop.
    #[arg(long)]
    check_config: bool,
}

#[derive(Subcommand)]
enum Task {
    /// Print the browser policy that grants the page its readers without a prompt, or the udev rules for them.
    ///
    /// Where each file goes is said on standard error, and in docs/kiosk.md.
    KioskPolicy(KioskPolicy),
    /// Compare the till's orders with the gateway's report, and print the differences as JSON.
    ///
    /// The running proxy does it. By default for what has passed since the last time, at least a day. Ends with 2 if there
    /// is something to look at, with 1 if the books could not be compared. See docs/operations.md.
    Reconcile(Reconcile),
    /// Erase customers' names, card masks and e-mail addresses from settled payments. Amounts, ids and results stay.
    ///
    /// The running proxy does it, and rewrites its database so that nothing is left in the file. See docs/operations.md.
    Erase(Erase),
    /// Copy the database into a new file beside it, and print where that is.
    ///
    /// The running proxy does it. Keep the file as you keep the control key. See docs/deployment.md.
    Backup {
        /// The settings file of the running proxy.
        #[arg(long)]
        config: PathBuf,
    },
    /// Put a backup in the place of the database, which is kept beside it. The proxy must be stopped.
    ///
    /// See docs/deployment.md for what has to be done before the tills open.
    Restore {
        /// The settings file of the proxy.
        #[arg(long)]
        config: PathBuf,
        /// The backup.
        file: PathBuf,
    },
    /// The people at the till.
    #[command(subcommand)]
    Operators(People),
}

#[derive(Subcommand)]
enum People {
    /// Give a manager who has lost the PIN a new one, drawn by lot, and print it. The proxy must be stopped.
    ///
    /// See docs/operations.md.
    ResetManager {
        /// The settings file of the proxy.
        #[arg(long)]
        config: PathBuf,
        /// Whom, if there are several managers.
        #[arg(long)]
        name: Option<String>,
    },
}

#[derive(Args)]
struct Erase {
    /// The settings file of the running proxy.
    #[arg(long)]
    config: PathBuf,
    #[command(flatten)]
    which: ErasedOrders,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct ErasedOrders {
    /// Of payments older than so many days.
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
    /// Of this payment, by its reference.
    #[arg(long, value_name = "ID")]
    order: Option<AttemptId>,
}

#[derive(Args)]
struct Reconcile {
    /// The settings file of the running proxy.
    #[arg(long)]
    config: PathBuf,
    /// The first day, UTC, as 2026-01-31.
    #[arg(long, requires = "to", value_parser = parse_day)]
    from: Option<time::Date>,
    /// The last day; 29 days at most.
    #[arg(long, requires = "from", value_parser = parse_day)]
    to: Option<time::Date>,
}

#[derive(Args)]
struct KioskPolicy {
    /// Origin of the page, as https://till.example; may be given more than once.
    #[arg(long, required_unless_present = "udev", value_parser = |text: &str| Origin::try_from(text.to_owned()))]
    origin: Vec<Origin>,
    /// Reader family; may be given more than once. All of them by default.
    #[arg(long, value_parser = family)]
    family: Vec<&'static Family>,
    /// What the kiosk runs.
    #[arg(long, value_enum, default_value_t = Platform::Linux)]
    platform: Platform,
    /// The kiosk's browser.
    #[arg(long, value_enum, default_value_t = Browser::Chrome)]
    browser: Browser,
    /// Leave the browser nothing but the page: for a machine in customers' reach.
    #[arg(long)]
    lockdown: bool,
    /// Print udev rules instead, which give the readers to this group of a Linux kiosk.
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["origin", "platform", "browser", "lockdown"])]
    udev: Option<Group>,
}

fn family(name: &str) -> Result<&'static Family, String> {
    let names = || FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>().join(", ");
    Family::named(name).ok_or_else(|| format!("the families are {}", names()))
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,proxy=info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    // Fails only if another provider was chosen before, and nobody else chooses.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match (arguments.task, arguments.serve) {
        (Some(Task::KioskPolicy(wanted)), _) => kiosk_policy(wanted).map(|()| ExitCode::SUCCESS),
        (Some(Task::Reconcile(wanted)), _) => reconcile(wanted).await,
        (Some(Task::Operators(People::ResetManager { config, name })), _) => {
            reset_manager(&config, name.as_deref()).await.map(|()| ExitCode::SUCCESS)
        }
        (Some(Task::Backup { config }), _) => back_up(&config).await.map(|()| ExitCode::SUCCESS),
        (Some(Task::Restore { config, file }), _) => {
            restore(&config, &file).await.map(|()| ExitCode::SUCCESS)
        }
        (Some(Task::Erase(wanted)), _) => erase_personal(wanted).await.map(|()| ExitCode::SUCCESS),
        (None, Some(serve)) => run(serve).await.map(|()| ExitCode::SUCCESS),
        (None, None) => Err("--config is missing".into()),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            let causes = std::iter::successors(error.source(), |&cause| cause.source());
            let because = causes.last().map(ToString::to_string);
            tracing::error!(%error, because, "stopped");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever starts it reads the addresses")]
async fn run(arguments: Serve) -> Result<(), Box<dyn Error>> {
    let config = Config::load(&arguments.config, |name| std::env::var(name).ok())?;
    if arguments.check_config {
        println!("the settings are good");
        return Ok(());
    }
    let settings = &config.settings;
    let listener = |address| Listener::bind(address, None);
    let page = Listener::bind(settings.listen, settings.tls.as_ref())?;
    let operations = listener(settings.operations_listen)?;
    let callbacks = settings.callback_listen.map(listener).transpose()?;

    let metrics = Arc::new(Metrics::default());
    let gateway = PaynetGateway::of(&config, metrics.clone())?;
    let store = SqliteStore::open(&settings.database).await?;
    let language = settings.merchant.language;
    let desk = Desk::open(store.clone(), gateway, settings.rules.clone(), metrics.clone(), language).await?;

    println!("listening on {}", page.url()?);
    println!("operations on {}", operations.url()?);
    if let Some(callbacks) = &callbacks {
        println!("callbacks on {}", callbacks.url()?);
    }
    let handle = Handle::new();
    tokio::spawn(stop(handle.clone(), desk.clone()));
    let app = App::new(&config, page.address()?.port(), desk.clone(), metrics.clone())?;
    let mut servers = tokio::task::JoinSet::new();
    let app = match &settings.page {
        Some(folder) => app.router(folder),
        None => app.router_with_own_page().ok_or("this program has no page inside")?,
    };
    servers.spawn(page.serve(app, handle.clone()));
    let books = Books::new(desk.clone(), metrics.clone(), settings.database.clone());
    books.recall().await?;
    books.clone().keep(settings.reconcile);
    settings.close_day.clone().keep(desk.clone(), settings.gateway.currency);
    settings.keep.keep(desk.clone());
    let operated = Operations {
        desk: desk.clone(),
        metrics: metrics.clone(),
        books,
        database: settings.database.clone(),
    };
    servers.spawn(operations.serve(operated.router(), handle.clone()));
    if let Some(listener) = callbacks {
        let called = Callbacks { desk, control_key: config.control_key.clone(), metrics };
        servers.spawn(listener.serve(called.router(), handle.clone()));
    }
    while let Some(ended) = servers.join_next().await {
        ended??;
    }
    store.close().await;
    Ok(())
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "whoever asks saves the one and reads the other"
)]
fn kiosk_policy(wanted: KioskPolicy) -> Result<(), Box<dyn Error>> {
    let families = if wanted.family.is_empty() { FAMILIES.to_vec() } else { wanted.family };
    if let Some(group) = wanted.udev {
        print!("{}", udev_rules(&families, &group));
        eprintln!("save it as /etc/udev/rules.d/70-mpos-readers.rules");
        return Ok(());
    }
    let policy = Policy::new(wanted.browser, wanted.origin, &families);
    let policy = if wanted.lockdown { policy.lock_down() } else { policy };
    print!("{}", policy.file(wanted.platform)?);
    eprintln!("{}", wanted.platform.advice(wanted.browser));
    Ok(())
}

/// Differences that a person has to look at.
const DIFFERS: u8 = 2;

async fn reconcile(wanted: Reconcile) -> Result<ExitCode, Box<dyn Error>> {
    let days = wanted.from.zip(wanted.to).map(|(from, to)| Days { from, to });
    let differs = command::reconcile(&wanted.config, days).await?;
    Ok(if differs { ExitCode::from(DIFFERS) } else { ExitCode::SUCCESS })
}

#[expect(clippy::print_stdout, reason = "whoever asks reads it once")]
async fn reset_manager(config: &Path, name: Option<&str>) -> Result<(), Box<dyn Error>> {
    let (name, pin) = proxy::staff::reset::reset_manager(config, name).await?;
    println!("the PIN of {name} is {} until it is changed under Operators", pin.expose());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever asks reads it")]
async fn erase_personal(wanted: Erase) -> Result<(), Box<dyn Error>> {
    let which = match (wanted.which.older_than, wanted.which.order) {
        (Some(days), _) => Which::OlderThan(days),
        (None, Some(id)) => Which::Order(id),
        (None, None) => return Err("--older-than or --order is missing".into()),
    };
    print!("{}", erase(&wanted.config, &which).await?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever asks reads it")]
async fn back_up(config: &Path) -> Result<(), Box<dyn Error>> {
    print!("{}", backup::back_up(config).await?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever asks reads it")]
async fn restore(config: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(replaced) = backup::restore(config, file).await? {
        println!("the database that was there is {}", replaced.display());
    }
    println!("before the tills open: wait a minute, start the proxy, and run mpos-proxy reconcile");
    Ok(())
}

async fn stop(handle: Handle<std::net::SocketAddr>, desk: Desk) {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    desk.close();
    handle.graceful_shutdown(Some(GRACE));
}
