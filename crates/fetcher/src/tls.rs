//! The TLS side of the client: rustls with ring, the system's roots and the user's own.

use std::{fs, path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::SetUpError;

/// The client configuration that trusts the system's roots and those in `extra_roots`.
///
/// The provider is passed along, never installed for the whole process: a library leaves global
/// state alone. Without any root (a container without `ca-certificates`) plain HTTP still works,
/// every TLS connection fails with a fault, and the log says what to install.
///
/// # Errors
/// Where a file of `extra_roots` cannot be read or holds no certificate.
pub(crate) fn client_config(extra_roots: &[impl AsRef<Path>]) -> Result<ClientConfig, SetUpError> {
    let mut roots = Vec::new();
    for path in extra_roots {
        roots.extend(read_certificates(path.as_ref())?);
    }
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| SetUpError::Tls(error.to_string()))?;
    let mut config = match system_verifier(roots, provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(error) => {
            tracing::warn!(
                %error,
                "no root certificates found, https feeds cannot be read: install ca-certificates"
            );
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Checks certificates against the system's roots: what rustls calls dangerous is handing in a
/// verifier of one's own, and this is the one that its authors offer for it.
fn system_verifier(
    extra_roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(extra_roots, provider)
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetUpError> {
    let refuse = |reason: String| SetUpError::RootCertificates {
        path: path.to_owned(),
        reason,
    };
    let bytes = fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let certificates = certificates.map_err(|error| refuse(error.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("it holds no certificate".into()));
    }
    Ok(certificates)
}
