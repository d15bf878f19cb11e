//! The proxy's parts, put together as `mpos-proxy` does it, over a store that may be made to write one by one.

use crate::one_by_one::OneByOne;
use anyhow::{Context as _, Result};
use axum::Router;
use paynet::Merchant;
use proxy::books::Books;
use proxy::config::Config;
use proxy::desk::Desk;
use proxy::gateway::PaynetGateway;
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::routes::App;
use proxy::store::sqlite::SqliteStore;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

pub(super) async fn serve(config: &Path, one_by_one: bool) -> Result<()> {
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
    let merchant = Merchant {
        login: settings.gateway.login.clone(),
        key: config.control_key.clone(),
        endpoint: settings.gateway.endpoint.clone(),
        dialect: settings.gateway.dialect.clone(),
    };
    let gateway = PaynetGateway::new(merchant, false, settings.till.readers.clone(), metrics.clone())?;
    let store = SqliteStore::open(&settings.database).await?;
    let rules = settings.rules.clone();
    let desk = if one_by_one {
        Desk::open(OneByOne::new(store), gateway, rules, metrics.clone()).await?
    } else {
        Desk::open(store, gateway, rules, metrics.clone()).await?
    };
    let (page, operations) = (bind().await?, bind().await?);
    println!("listening on http://{}", page.local_addr()?);
    println!("operations on http://{}", operations.local_addr()?);
    let app = App::new(&config, page.local_addr()?.port(), desk.clone(), metrics.clone())?;
    let books = Books::new(desk.clone(), metrics.clone(), settings.database.clone());
    let folder = settings.page.as_deref().context("the page's folder is set")?;
    let (app, operated) = (app.router(folder), Operations { desk, metrics, books }.router());
    tokio::try_join!(serve_on(page, app), serve_on(operations, operated))?;
    Ok(())
}

async fn bind() -> std::io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").await
}

async fn serve_on(listener: TcpListener, router: Router) -> std::io::Result<()> {
    axum::serve(listener, router).await
}
