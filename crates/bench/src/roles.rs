//! Parts of the measurement that are processes of their own: what is measured has no client or gateway in its memory.

mod bare;
mod gateway;
mod shop;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use std::path::Path;
use tokio::net::TcpListener;

/// Serves a role until the process is killed.
pub(crate) async fn serve(role: &str, options: &[&str]) -> Result<()> {
    match (role, options) {
        ("bare", []) => listen(bare::router()?).await,
        ("gateway", []) => listen(gateway::router()).await,
        ("one-by-one", ["--config", config]) => shop::serve(Path::new(config)).await,
        _ => bail!("no role {role} with {options:?}"),
    }
}

async fn listen(router: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await.context("serving")
}
