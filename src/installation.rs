//! What makes an installation itself: the key that seals its secrets.
//!
//! The key lies in a file of its own beside the store, readable by its owner alone, or is given by whoever
//! starts the program. The store keeps a check of it, so that nothing is ever sealed with a second key. Everything secret derives from it (HMAC-SHA-256 with a label each): carriers'
//! credentials are sealed with one derived key (ChaCha20-Poly1305, RFC 8439), callback secrets come
//! from another. A copy of the store without the key tells nobody the credentials.

use std::io::Write;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::keeping::KEY_FILE;

const NONCE_BYTES: usize = 12;

/// An installation's key.
pub(crate) struct Installation {
    key: [u8; 32],
    is_given: bool,
}

impl Installation {
    /// The key that whoever starts the program gives. A key file in `directory` that says otherwise stops it.
    pub(crate) fn given(key: [u8; 32], directory: &Path) -> Result<Self, Error> {
        if directory.join(KEY_FILE).exists() && Self::read(directory)?.key != key {
            return Err(Error::Start(format!(
                "the secret key that is given is another than the one in `{}`: give that one, or none",
                directory.join(KEY_FILE).display()
            )));
        }
        Ok(Self { key, is_given: true })
    }

    /// Whether the key is given from elsewhere, and so no part of a backup.
    pub(crate) fn is_given(&self) -> bool {
        self.is_given
    }

    /// What the store keeps of the key, to know it again.
    pub(crate) fn check(&self) -> [u8; 32] {
        self.derived("outdial key check")
    }

    /// Refuses a key that is not the one of which the store keeps this check.
    pub(crate) fn must_be(&self, check: &[u8], directory: &Path) -> Result<(), Error> {
        if self.check() == check {
            return Ok(());
        }
        let which = if self.is_given {
            "the secret key that is given".to_owned()
        } else {
            format!("the key in `{}`", directory.join(KEY_FILE).display())
        };
        Err(Error::Start(format!(
            "{which} is not the one with which what is stored was sealed: bring that one back, as `{KEY_FILE}` or \
             with OUTDIAL_SECRET_KEY; nothing was changed"
        )))
    }

    /// Reads the key of the installation in `directory`, or makes one.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(KEY_FILE);
        let fail = |what: &str, error: &dyn std::fmt::Display| {
            Error::Start(format!(
                "cannot {what} the key file `{}`: {error}",
                path.display()
            ))
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let key = key_from_hex(text.trim());
                let key = key.ok_or_else(|| fail("read", &"it must hold 64 hexadecimal digits"))?;
                Ok(Self { key, is_given: false })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = random::<32>();
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let written = options.open(&path).and_then(|mut file| {
                    file.write_all(to_hex(&key).as_bytes())?;
                    file.sync_all()
                });
                written.map_err(|error| fail("write", &error))?;
                Ok(Self { key, is_given: false })
            }
            Err(error) => Err(fail("read", &error)),
        }
    }

    /// Reads the key of the installation in `directory`, which must be there.
    pub(crate) fn read(directory: &Path) -> Result<Self, Error> {
        if directory.join(KEY_FILE).exists() {
            Self::open(directory)
        } else {
            Err(Error::Start(format!(
                "there is no `{KEY_FILE}` in `{}`, and what is stored is sealed with it: put it back, or give the key \
                 with OUTDIAL_SECRET_KEY",
                directory.display()
            )))
        }
    }

    /// The API key with which the command line on the same machine speaks to the service: an owner's, known
    /// to whoever can read the key file.
    pub(crate) fn local_key(&self) -> String {
        format!("odk_{}", to_hex(&self.derived("outdial local key")))
    }

    /// A key for one purpose.
    pub(crate) fn derived(&self, purpose: &str) -> [u8; 32] {
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.key);
        let mut mac = mac.expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Encrypts what must not lie in the store in clear.
    pub(crate) fn seal(&self, clear: &[u8]) -> Vec<u8> {
        let nonce = random::<NONCE_BYTES>();
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), clear);
        // Encryption fails only for texts of 256 GiB and more.
        let mut out = nonce.to_vec();
        out.extend(sealed.expect("a secret is short"));
        out
    }

    /// Decrypts it; `None` where it was sealed with another key, or changed.
    pub(crate) fn unseal(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.cipher().decrypt(&Nonce::from(*nonce), text).ok()
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(self.derived("outdial credentials")))
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // A machine without a source of randomness can keep no secret; nothing here may go on.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new API key: `odk_` and 256 random bits.
pub(crate) fn new_api_key() -> String {
    format!("odk_{}", to_hex(&random::<32>()))
}

/// The token of a session: 256 random bits.
pub(crate) fn new_session_token() -> String {
    to_hex(&random::<32>())
}

/// What is kept of an API key, or of a session's token. A fast hash will do: the key is random, not a password.
pub(crate) fn hash_of(api_key: &str) -> [u8; 32] {
    Sha256::digest(api_key.as_bytes()).into()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a key of 64 hexadecimal digits.
pub(crate) fn key_from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_again_after_a_restart_and_with_no_other_key() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let sealed = Installation::open(home.path()).expect("a new key").seal(b"token");
        assert!(!sealed.windows(5).any(|window| window == b"token"));
        let again = Installation::open(home.path()).expect("the same key");
        assert_eq!(again.unseal(&sealed).as_deref(), Some(b"token".as_slice()));
        let elsewhere = tempfile::tempdir().expect("a temporary directory");
        let other = Installation::open(elsewhere.path()).expect("another key");
        assert_eq!(other.unseal(&sealed), None);
        let mut changed = sealed;
        changed[20] ^= 1;
        assert_eq!(again.unseal(&changed), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a temporary directory");
        Installation::open(home.path()).expect("a new key");
        let mode = std::fs::metadata(home.path().join(KEY_FILE))
            .expect("the file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_named_and_not_replaced() {
        let home = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(home.path().join(KEY_FILE), "short").expect("written");
        let error = Installation::open(home.path()).err().expect("refused");
        assert!(error.to_string().contains("secret.key"), "{error}");
        assert_eq!(
            std::fs::read_to_string(home.path().join(KEY_FILE)).expect("still there"),
            "short"
        );
    }
}
