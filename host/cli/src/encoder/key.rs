//! The key that a catalog is signed with.

use std::{
    env,
    fs::{self, File},
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};
use sandpress_catalog::{Keys, signed};
use sandpress_service::SdkConfig;

use crate::{Done, stdout};

/// The environment variables of a key, and of what it is encrypted with. They are never printed.
const KEY: &str = "SANDPRESS_SIGNING_KEY";
const PASSWORD: &str = "SANDPRESS_SIGNING_PASSWORD";

/// Where the key is.
#[derive(Args)]
#[group(id = "signing", multiple = false)]
pub(super) struct Key {
    /// File of the secret key that the catalog is signed with, as `minisign -G` or `sandpress encoder key` writes it
    ///
    /// Default: the text of such a file in SANDPRESS_SIGNING_KEY. A key that is encrypted takes its password from SANDPRESS_SIGNING_PASSWORD,
    /// else it is asked for.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Secret of AWS Secrets Manager that is the text of such a file: its name or ARN
    #[arg(long, value_name = "NAME")]
    key_secret: Option<String>,
}

/// A key, ready to sign.
pub(super) struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

impl Key {
    pub(super) async fn open(&self, aws: &SdkConfig) -> Result<Signer> {
        let (text, place) = match (&self.key, &self.key_secret) {
            (Some(path), _) => {
                let text = fs::read_to_string(path);
                (text.with_context(|| format!("the key {}", path.display()))?, path.display().to_string())
            }
            (None, Some(id)) => {
                let secret = sandpress_service::secret(aws, id).await;
                (secret.map_err(anyhow::Error::msg)?, format!("the secret {id}"))
            }
            (None, None) => match env::var(KEY) {
                Ok(text) => (text, KEY.to_owned()),
                Err(_) => bail!(
                    "the catalog must be signed: give --key FILE, --key-secret NAME, or the key itself in {KEY}; \
                     `sandpress encoder key` makes one"
                ),
            },
        };
        Signer::read(&text).with_context(|| place)
    }
}

impl Signer {
    fn read(text: &str) -> Result<Self> {
        let key = || SecretKeyBox::from_string(text.trim());
        let plain = key().and_then(SecretKeyBox::into_unencrypted_secret_key);
        let secret = match plain {
            // Without a password in the environment it is asked for at the terminal.
            Err(error) if error.to_string().contains("encrypted") => {
                key().and_then(|key| key.into_secret_key(env::var(PASSWORD).ok()))
            }
            plain => plain,
        };
        let secret = secret.map_err(|error| error_of(&error))?;
        let public = PublicKey::from_secret_key(&secret).map_err(|error| error_of(&error))?;
        Ok(Self { secret, public })
    }

    /// Whoever has this key has signed it, or one of these.
    pub(super) fn keys(&self, others: Option<&Keys>) -> Result<Keys> {
        let own = Keys::parse(&self.public.to_base64())?;
        Ok(others.map_or(own.clone(), |others| own.or(others)))
    }

    /// The document with its signature.
    pub(super) fn sign(&self, document: &str, comment: &str) -> Result<Vec<u8>> {
        let signature = minisign::sign(
            Some(&self.public),
            &self.secret,
            Cursor::new(document),
            Some(comment),
            Some("signature of a catalog of Sandpress"),
        );
        Ok(signed(&signature.map_err(|error| error_of(&error))?.to_string(), document))
    }
}

/// Its own type is no standard error. What it says has no part of a key in it.
fn error_of(error: &minisign::PError) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// Make a key to sign catalogs with
///
/// Writes the secret key to a file that only its owner can read, as minisign has it, and prints the public key, which functions and workers are given
/// as SANDPRESS_CATALOG_KEY. It is encrypted with the password in SANDPRESS_SIGNING_PASSWORD; without that variable it is not.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder key --out catalog.key
  aws secretsmanager create-secret --name sandpress/catalog --secret-string file://catalog.key")]
pub(crate) struct Arguments {
    /// File to write the secret key to, which is not there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let pair = match env::var(PASSWORD) {
        Ok(password) => {
            ensure!(!password.is_empty(), "{PASSWORD} is empty: give a password, or unset it");
            KeyPair::generate_encrypted_keypair(Some(password))
        }
        Err(_) => KeyPair::generate_unencrypted_keypair(),
    };
    let pair = pair.map_err(|error| error_of(&error))?;
    let text = pair.sk.to_box(Some("a key of Sandpress' catalogs")).map_err(|error| error_of(&error))?.into_string();
    write(&arguments.out, &text).with_context(|| arguments.out.display().to_string())?;
    stdout::write(format!("{}\n", pair.pk.to_base64()))?;
    Ok(Done::All)
}

/// For its owner alone, and never in the place of another key.
fn write(path: &Path, text: &str) -> Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}
