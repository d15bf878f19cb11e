//! The listeners and their TLS.

use crate::config::Tls;
use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use axum_server::{Handle, Server};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use std::{io, sync::Arc};

/// How long a browser may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// A port that is taken, before anything is served on it.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// The machine, or the operator's files, do not let us serve.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate's files are not PEM or not there.
    #[error("configuration: tls: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// Certificate and key do not fit together or cannot be used.
    #[error("configuration: tls: {0}")]
    Certificate(#[from] rustls::Error),
    /// Serving ended.
    #[error("the server stopped: {0}")]
    Stopped(#[from] io::Error),
}

impl Listener {
    /// Takes the port, and reads the certificate where there is one.
    ///
    /// # Errors
    /// [`ServerError`]
    pub fn bind(address: SocketAddr, tls: Option<&Tls>) -> Result<Self, ServerError> {
        let tcp = TcpListener::bind(address)
            .and_then(|tcp| tcp.set_nonblocking(true).map(|()| tcp))
            .map_err(|source| ServerError::Listen { address, source })?;
        Ok(Self { tcp, tls: tls.map(server_config).transpose()? })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`ServerError::Stopped`] when the system does not say.
    pub fn address(&self) -> Result<SocketAddr, ServerError> {
        Ok(self.tcp.local_addr()?)
    }

    /// The address as people open it.
    ///
    /// # Errors
    /// [`ServerError::Stopped`] when the system does not say.
    pub fn url(&self) -> Result<String, ServerError> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.address()?))
    }

    /// Serves until `handle` ends it.
    ///
    /// # Errors
    /// [`ServerError::Stopped`]
    pub async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> Result<(), ServerError> {
        let service = router.into_make_service();
        match self.tls {
            Some(tls) => {
                let server = axum_server::from_tcp_rustls(self.tcp, RustlsConfig::from_config(tls))?;
                Ok(limited(server).handle(handle).serve(service).await?)
            }
            None => Ok(limited(axum_server::from_tcp(self.tcp)?).handle(handle).serve(service).await?),
        }
    }
}

fn limited<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    server.http_builder().http1().header_read_timeout(HEAD_TIMEOUT);
    server.http1_only()
}

fn server_config(tls: &Tls) -> Result<Arc<rustls::ServerConfig>, ServerError> {
    let chain = CertificateDer::pem_file_iter(&tls.certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&tls.key)?;
    let mut config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
