//! The configuration: one TOML file and the environment.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use crate::proxies::Proxies;

/// Every key, its default, and what it is for: what `drawdown config` prints.
pub const KEYS: &[(&str, &str, &str)] = &[
    ("database", "sqlite:data/drawdown.db", "Where the books are: sqlite:PATH, or postgres://user@host/name"),
    (
        "archive",
        "folder:data/archive",
        "Where papers are filed for good: folder:PATH, s3://BUCKET/PREFIX (keys in AWS_*), or empty: nowhere",
    ),
    ("listen", "127.0.0.1:3000", "The address to listen on"),
    ("site", "target/site", "The folder of the built site: bundles, styles, fonts"),
    ("company", "Musterhaus Systeme GmbH", "The company's name"),
    ("time_zone", "Europe/Berlin", "The time zone in which the company's days begin"),
    ("secure", "false", "true behind https: cookies then carry the __Host- prefix and are sent over https only"),
    ("demo", "true", "On an empty database: make the demo company"),
    ("nightly_billing", "true", "Bill automatic contracts once a day, when the company's day begins"),
    ("sign_ins_per_minute", "60", "How often one address may try to sign in; of IPv6 a /64 is one address"),
    (
        "sign_ins_per_login",
        "10",
        "How often per minute one address may try the same login; all addresses together: three times as often",
    ),
    (
        "proxies",
        "",
        "Proxies whose X-Forwarded-For is believed: addresses, networks (10.0.0.0/8), comma separated; or empty: none",
    ),
];

/// The configuration of a process.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Where the books are.
    pub database: String,
    /// Where papers are filed.
    pub archive: String,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The folder of the built site.
    pub site: PathBuf,
    /// The company's name.
    pub company: String,
    /// The company's time zone.
    pub time_zone: chrono_tz::Tz,
    /// Whether it stands behind https.
    pub secure: bool,
    /// Whether an empty database becomes a demo company.
    pub demo: bool,
    /// Whether automatic contracts are billed once a day without being asked.
    pub nightly_billing: bool,
    /// How often one address may try to sign in.
    pub sign_ins_per_minute: u32,
    /// How often per minute one address may try the same login.
    pub sign_ins_per_login: u32,
    /// The proxies that are believed.
    pub proxies: Proxies,
}

impl Config {
    /// Reads defaults, then the file, then `DRAWDOWN_*` variables; later ones win.
    pub fn read(file: Option<&str>) -> Result<Config, config::ConfigError> {
        let mut builder = config::Config::builder();
        for (key, default, _) in KEYS {
            builder = builder.set_default(*key, *default)?;
        }
        if let Some(file) = file {
            builder = builder.add_source(config::File::with_name(file));
        }
        builder.add_source(config::Environment::with_prefix("DRAWDOWN").try_parsing(true)).build()?.try_deserialize()
    }
}
