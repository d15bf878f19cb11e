//! The proxy's parts, put together as `mpos-proxy` does it, over a store that commits one write at a time.

use anyhow::{Context as _, Result};
use axum::Router;
use proxy::books::Books;
use proxy::config::Config;
use proxy::desk::Desk;
use proxy::gateway::PaynetGateway;
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::routes::App;
use proxy::store::sqlite::SqliteStore;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

pub(super) async fn serve(config: &Path) -> Result<()> {
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new("warn,proxy=info"))
        .with_writer(std::io::stderr)
        .init();
    // Fails only if another provider was chosen before, and nobody else chooses.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::load(config, |name| std::env::var(name).ok())?;
    let settings = &config.settings;
    let metrics = Arc::new(Metrics::default());
    let gateway = PaynetGateway::of(&config, metrics.clone())?;
    let store = SqliteStore::open_committing(&settings.database, NonZeroUsize::MIN).await?;
    let language = settings.merchant.language;
    let desk = Desk::open(store, gateway, settings.rules.clone(), metrics.clone(), language).await?;
    let (page, operations) = (bind().await?, bind().await?);
    println!("listening on http://{}", page.local_addr()?);
    println!("operations on http://{}", operations.local_addr()?);
    let app = App::new(&config, page.local_addr()?.port(), desk.clone(), metrics.clone())?;
    let books = Books::new(desk.clone(), metrics.clone(), settings.database.clone());
    let folder = settings.page.as_deref().context("the page's folder is set")?;
    let (app, operated) = (
        app.router(folder),
        Operations { desk, metrics, books, database: settings.database.clone() }.router(),
    );
    tokio::try_join!(serve_on(page, app), serve_on(operations, operated))?;
    Ok(())
}

async fn bind() -> std::io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").await
}

async fn serve_on(listener: TcpListener, router: Router) -> std::io::Result<()> {
    axum::serve(listener, router).await
}
