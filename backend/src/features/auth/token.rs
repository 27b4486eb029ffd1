//! Access tokens (JWT, HS256) and refresh tokens (random, stored as hashes).
//!
//! One key signs. While it is being changed a second one is believed as well: the one before, so that nobody is signed out,
//! or on a replica that has not changed yet the next one. Which of the two signed a token is found by trying, so that tokens
//! say nothing about keys.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared_types::auth::Role;

use crate::{config::AccountsConfig, digest::hex, error::AppError};

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The account's id.
    pub sub: String,
    /// The account's role when the token was made; the database decides.
    pub role: Role,
    /// The session's id.
    pub sid: String,
    /// Made at, in seconds of the Unix epoch.
    pub iat: u64,
    /// Valid until, in seconds of the Unix epoch.
    pub exp: u64,
}

/// Signs and checks access tokens.
pub struct Tokens {
    signing: EncodingKey,
    /// The signing key first, which most tokens are signed with.
    checking: Vec<DecodingKey>,
    validation: Validation,
    lifetime_seconds: u64,
}

impl Tokens {
    /// Keys from the configured secrets.
    pub fn new(config: &AccountsConfig) -> Self {
        // Only this algorithm: a token that names another, or none, is not ours.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        Self {
            signing: EncodingKey::from_secret(config.jwt_secret.as_bytes()),
            checking: config
                .jwt_secrets()
                .map(|secret| DecodingKey::from_secret(secret.as_bytes()))
                .collect(),
            validation,
            lifetime_seconds: config.token_lifetime.as_secs(),
        }
    }

    /// A token for a session.
    pub fn sign(&self, user_id: &str, role: Role, session_id: &str) -> Result<String, AppError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        let claims = Claims {
            sub: user_id.to_owned(),
            role,
            sid: session_id.to_owned(),
            iat: now,
            exp: now.saturating_add(self.lifetime_seconds),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|error| AppError::Internal(format!("signing a token: {error}")))
    }

    /// What a token says, if it is ours and has not expired.
    pub fn check(&self, token: &str) -> Option<Claims> {
        let read = |key| jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok();
        self.checking.iter().find_map(read).map(|data| data.claims)
    }
}

/// A new refresh token: 256 random bits.
pub fn new_refresh_token() -> Result<String, AppError> {
    let mut bytes = [0_u8; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| AppError::Internal(format!("random numbers: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a refresh token. It has full entropy, so a plain hash is enough.
pub fn hash_refresh_token(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tokens(secret: &str) -> Tokens {
        rotating(secret, None)
    }

    fn rotating(secret: &str, previous: Option<&str>) -> Tokens {
        Tokens::new(&AccountsConfig {
            jwt_secret: secret.to_owned(),
            jwt_secret_previous: previous.map(str::to_owned),
            token_lifetime: Duration::from_secs(60),
            bcrypt_cost: 4,
            secure_cookies: false,
        })
    }

    fn forged(header: &str, tokens: &Tokens) -> Option<Claims> {
        let genuine = tokens.sign("u", Role::Customer, "s").unwrap();
        let parts: Vec<_> = genuine.split('.').collect();
        let header = URL_SAFE_NO_PAD.encode(header);
        tokens
            .check(&format!("{header}.{}.{}", parts[1], parts[2]))
            .or_else(|| tokens.check(&format!("{header}.{}.", parts[1])))
    }

    #[test]
    fn a_signed_token_is_read_back() {
        let tokens = tokens("0123456789abcdef0123456789abcdef");
        let claims = tokens.check(&tokens.sign("user", Role::Admin, "session").unwrap()).unwrap();
        assert_eq!((claims.sub.as_str(), claims.role, claims.sid.as_str()), ("user", Role::Admin, "session"));
    }

    #[test]
    fn a_token_of_another_key_or_algorithm_is_refused() {
        let ours = tokens("0123456789abcdef0123456789abcdef");
        let theirs = tokens("another-secret-another-secret-12");
        assert_eq!(ours.check(&theirs.sign("user", Role::Admin, "session").unwrap()), None);
        assert_eq!(forged(r#"{"alg":"none","typ":"JWT"}"#, &ours), None);
        assert_eq!(forged(r#"{"alg":"HS512","typ":"JWT"}"#, &ours), None);
        assert_eq!(ours.check("not a token"), None);
    }

    #[test]
    fn a_second_key_is_believed_and_never_signs() {
        let [old, new, other] = ["1", "2", "3"].map(|digit| digit.repeat(32));
        let (before, after) = (rotating(&old, None), rotating(&new, Some(&old)));
        let sign = |tokens: &Tokens| tokens.sign("user", Role::Customer, "session").unwrap();
        assert!(after.check(&sign(&before)).is_some() && after.check(&sign(&after)).is_some());
        assert_eq!(before.check(&sign(&after)), None, "the new key signed");
        assert_eq!(after.check(&sign(&tokens(&other))), None);
    }

    #[test]
    fn refresh_tokens_differ_and_their_hashes_do_not_show_them() {
        let (one, two) = (new_refresh_token().unwrap(), new_refresh_token().unwrap());
        assert_ne!(one, two);
        assert_eq!(hash_refresh_token(&one), hash_refresh_token(&one));
        assert!(!hash_refresh_token(&one).contains(&one));
    }
}
