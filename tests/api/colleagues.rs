//! Members of staff with a browser, and programs with a key.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt;

use mondo::desk::add_account;
use mondo::language::{Language, Spoken};
use mondo::staff::{Level, NewAgent, Role};
use mondo::time::Timestamp;

use crate::actors::{OPENING, Shop, Told};

/// Somebody who is signed in, or a program with a key, or a stranger.
#[derive(Clone)]
pub struct Colleague {
    router: axum::Router,
    pub id: String,
    pub email: String,
    pub password: String,
    cookie: Option<String>,
    pub csrf: Option<String>,
    bearer: Option<String>,
    key: Option<String>,
}

impl Shop {
    /// Nobody is signed in.
    pub fn stranger(&self) -> Colleague {
        Colleague {
            router: self.router(),
            id: String::new(),
            email: String::new(),
            password: String::new(),
            cookie: None,
            csrf: None,
            bearer: None,
            key: None,
        }
    }

    /// An account that is not signed in yet.
    pub async fn hires(&self, name: &str, role: Role) -> Colleague {
        self.hires_as(NewAgent::new(&format!("{name}@example.com"), name, role).unwrap())
            .await
    }

    async fn hires_as(&self, new: NewAgent) -> Colleague {
        let now = Timestamp::from_millis(OPENING);
        let (agent, password) = add_account(&self.store, new, "operator", now)
            .await
            .unwrap();
        Colleague {
            id: agent.id.to_string(),
            email: agent.email.to_string(),
            password: password.reveal().to_owned(),
            ..self.stranger()
        }
    }

    /// An account with an open session, languages and skills of its own.
    pub async fn specialist(
        &self,
        name: &str,
        role: Role,
        languages: &[Language],
        skills: &[&str],
    ) -> Colleague {
        let mut new = NewAgent::new(&format!("{name}@example.com"), name, role).unwrap();
        new.languages = languages.iter().copied().map(Spoken::from).collect();
        // Levels are written among the skills here, to keep the calls short.
        new.levels = skills.iter().filter_map(|word| word.parse().ok()).collect();
        let is_skill = |word: &&&str| word.parse::<Level>().is_err();
        new.skills = skills
            .iter()
            .filter(is_skill)
            .map(ToString::to_string)
            .collect();
        let mut colleague = self.hires_as(new).await;
        colleague.signs_in(None).await.expect(StatusCode::OK);
        colleague
    }

    /// The same account at a shop that was opened again.
    pub async fn signs_in_again(&self, known: &Colleague) -> Colleague {
        let mut colleague = Colleague {
            id: known.id.clone(),
            email: known.email.clone(),
            password: known.password.clone(),
            ..self.stranger()
        };
        colleague.signs_in(None).await.expect(StatusCode::OK);
        colleague
    }

    /// An account with an open session.
    pub async fn colleague(&self, name: &str, role: Role) -> Colleague {
        let mut colleague = self.hires(name, role).await;
        colleague.signs_in(None).await.expect(StatusCode::OK);
        colleague
    }

    /// A program with a key.
    pub fn program(&self, token: &str) -> Colleague {
        Colleague {
            bearer: Some(token.to_owned()),
            ..self.stranger()
        }
    }
}

impl Colleague {
    pub async fn signs_in(&mut self, code: Option<&str>) -> Told {
        let body = json!({ "email": self.email, "password": self.password, "code": code });
        let told = self.sends("POST", "/v1/staff/session", Some(body)).await;
        if told.status == StatusCode::OK {
            let cookie = told.header("set-cookie");
            self.cookie = cookie.split(';').next().map(str::to_owned);
            self.csrf = told.json()["csrf"].as_str().map(str::to_owned);
        }
        told
    }

    pub async fn gets(&self, path: &str) -> Told {
        self.sends("GET", path, None).await
    }

    pub async fn posts(&self, path: &str, body: Value) -> Told {
        self.sends("POST", path, Some(body)).await
    }

    pub async fn puts(&self, path: &str, body: Value) -> Told {
        self.sends("PUT", path, Some(body)).await
    }

    pub async fn deletes(&self, path: &str) -> Told {
        self.sends("DELETE", path, None).await
    }

    pub async fn acts(&self, conversation: &str, act: &str) -> Told {
        let path = format!("/v1/staff/conversations/{conversation}/acts");
        self.posts(&path, json!({ "act": act })).await
    }

    pub async fn says(&self, conversation: &str, text: &str) -> Told {
        let path = format!("/v1/staff/conversations/{conversation}/messages");
        self.posts(&path, json!({ "text": text })).await
    }

    /// Attaches a file to a conversation.
    pub async fn attaches(&self, conversation: &str, name: &str, content: &[u8]) -> Told {
        let name = crate::actors::encoded(name);
        let path = format!("/v1/staff/conversations/{conversation}/attachments?name={name}");
        self.sends_bytes("POST", &path, content.to_vec()).await
    }

    pub async fn sends(&self, method: &str, path: &str, body: Option<Value>) -> Told {
        Told::read(self.connects(method, path, body).await).await
    }

    /// Sends a request without a body under an idempotency key.
    pub async fn sends_keyed(&self, method: &str, path: &str, key: &str) -> Told {
        let mut keyed = self.clone();
        keyed.key = Some(key.to_owned());
        keyed.sends(method, path, None).await
    }

    async fn sends_bytes(&self, method: &str, path: &str, body: Vec<u8>) -> Told {
        Told::read(self.connects_bytes(method, path, &[], body).await).await
    }

    /// Replaces something, unless it has changed since it was read.
    pub async fn replaces(&self, path: &str, read: &str, body: Value) -> Told {
        let body = body.to_string().into_bytes();
        Told::read(
            self.connects_bytes("PUT", path, &[("if-match", read)], body)
                .await,
        )
        .await
    }

    /// Sends a request and leaves the body of the reply unread.
    pub async fn connects(&self, method: &str, path: &str, body: Option<Value>) -> Response {
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        self.connects_bytes(method, path, &[], body).await
    }

    /// The same with headers and bytes.
    pub async fn connects_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(token) = &self.bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap()
    }
}
