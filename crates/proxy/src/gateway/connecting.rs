//! The way to the gateway, without a word said on it.

use reqwest::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt as _;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Whether a connection to the host of this address can be begun, with TLS where it speaks TLS.
pub(super) async fn can_connect(url: &str) -> bool {
    connect(url).await.is_some()
}

async fn connect(url: &str) -> Option<()> {
    let url = Url::parse(url).ok()?;
    // An IPv6 address stands in brackets there.
    let host = url.host_str()?.trim_matches(['[', ']']);
    let tcp = TcpStream::connect((host, url.port_or_known_default()?)).await.ok()?;
    if url.scheme() == "https" {
        // It trusts whom the gateway's own client trusts: this machine's certificates.
        let tls = TlsConnector::from(Arc::new(ClientConfig::with_platform_verifier().ok()?));
        tls.connect(ServerName::try_from(host.to_owned()).ok()?, tcp).await.ok()?;
    }
    Some(())
}
