//! A till's connection.

use anyhow::{Result, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, header};
use futures_util::StreamExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// One kept connection.
pub(crate) struct Client {
    address: SocketAddr,
    sender: SendRequest<Body>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { address, sender })
    }

    pub(crate) async fn post(&mut self, path: &str, body: String) -> Result<Bytes> {
        let answer = self.send(Method::POST, path, body.into()).await?;
        Ok(to_bytes(answer, usize::MAX).await?)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Bytes> {
        let answer = self.send(Method::GET, path, Body::empty()).await?;
        Ok(to_bytes(answer, usize::MAX).await?)
    }

    /// Listens on; answers once the first words have come.
    pub(crate) async fn listen(mut self, path: &str) -> Result<()> {
        let mut words = self.send(Method::GET, path, Body::empty()).await?.into_data_stream();
        let first = words.next().await.transpose()?;
        ensure!(first.is_some_and(|first| first.starts_with(b"data:")), "{path} says nothing");
        tokio::spawn(async move {
            // The connection lives as long as the sender.
            let _sender = self.sender;
            while let Some(Ok(_)) = words.next().await {}
        });
        Ok(())
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> Result<Body> {
        let request =
            Request::builder().method(method).uri(path).header(header::HOST, self.address.to_string());
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body)?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        ensure!(answer.status().is_success(), "{path}: HTTP {}", answer.status());
        Ok(Body::new(answer.into_body()))
    }
}
