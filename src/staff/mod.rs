//! Members of staff: who may do what, and how they prove who they are.
//!
//! Pure but for random bytes from the system. It must not know rows, requests or the clock.

mod availability;
mod level;
mod notice;
mod permission;
mod role;

mod account;

mod passkey;
mod password;
mod recovery_code;
mod second_factor;
mod secret;

mod attempts;

pub use account::{
    Agent, Department, Duties, EmailAddress, InvalidAccount, MAX_EMAIL_CHARS, MAX_NAME_CHARS,
    NewAgent, tidy_skills,
};
pub use attempts::{Attempts, WAIT_AFTER_FAILURES};
pub use availability::Availability;
pub use level::Level;
pub use notice::Notice;
pub use passkey::{
    NewPasskey, NoPasskeySite, Passkey, PasskeyChallenge, PasskeySite, RefusedPasskey, ShownPasskey,
};
pub use password::{InvalidPassword, MIN_PASSWORD_CHARS, Password, PasswordHash};
pub use permission::{Permission, UnknownPermission};
pub use recovery_code::{RECOVERY_CODES, RecoveryCode};
pub use role::{Reach, Role};
pub use second_factor::{InvalidSecret, SecondFactor, SecondFactorError};
pub use secret::{SecretHash, SecretToken, VerificationPhrase};
