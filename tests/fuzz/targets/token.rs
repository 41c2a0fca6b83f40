//! Tokens of hosts: none that was not signed is believed.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mondo::identity::{IdentityMode, IdentitySettings, Keyring};
use mondo::signing::Secret;
use mondo::time::Timestamp;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let keys = [
        "host:HS256:a secret that nobody guesses by mutation",
        "other:EdDSA:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    ];
    let settings = IdentitySettings {
        mode: IdentityMode::Optional,
        keys: keys.map(Secret::new).to_vec(),
        audience: "mondo".to_owned(),
        ..IdentitySettings::default()
    };
    Keyring::new(&settings).expect("the keys are read")
});

fuzz_target!(|token: &str| {
    assert!(KEYRING.identify(token, Timestamp::from_millis(1_800_000_000_000)).is_err());
});
