//! TLS for requests out: rustls with ring, trusting what the system trusts.
//!
//! The provider is handed to this client alone. Installing a process-wide default would reach into
//! the program that embeds outdial.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// The TLS settings. A client of a plain `http` address never speaks TLS: it gets no root certificates,
/// so it also starts on a machine that has none (a bare container with a simulator).
pub(crate) fn client_config(plain_http: bool) -> Result<ClientConfig, rustls::Error> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let mut config = if plain_http {
        builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(provider)?))
            .with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
