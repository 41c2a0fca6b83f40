//! What stands around every page of the desk: who is signed in, where they may go, and the way to sign in.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use minijinja::{Value, context};

use super::notices::notice_values;
use super::words::Preferences;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::staff::{Availability, Permission};

/// Somebody who looks at a page of the console; everybody else is shown the way in.
pub(super) struct AtDesk {
    /// Who is signed in.
    pub(super) staff: Staff,
    preferences: Preferences,
    notices: Vec<Value>,
    /// Name of the provider, for somebody whom it has let in.
    provider: Option<String>,
}

impl FromRequestParts<AppState> for AtDesk {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Redirect> {
        let Ok(preferences) = Preferences::from_request_parts(parts, app).await;
        match Staff::from_request_parts(parts, app).await {
            Ok(staff) => {
                if let Some(me) = staff.principal.agent()
                    && let Err(error) = app.workplace().reads_in(me, preferences.locale()).await
                {
                    tracing::warn!(%error, "could not keep the language of a member of staff");
                }
                let provider = app
                    .workplace()
                    .provider()
                    .filter(|_| staff.is_by_provider());
                let provider = provider.map(|provider| provider.settings().shown_name().to_owned());
                let surges = app.workplace().surges(app.now());
                Ok(Self {
                    staff,
                    preferences,
                    notices: notice_values(&preferences, &surges, app.now()),
                    provider,
                })
            }
            Err(refused) => Err(Redirect::to(match refused.kind() {
                ProblemKind::SecondFactorNeeded => "/console/settings",
                _ => "/console/sign-in",
            })),
        }
    }
}

/// Pages by their address, the word that names them, and what somebody must be allowed to see them.
pub(super) const PAGES: [(&str, &str, Option<Permission>); 16] = [
    ("/console", "desk", Some(Permission::ReadConversations)),
    (
        "/console/tickets",
        "tickets",
        Some(Permission::ReadConversations),
    ),
    (
        "/console/macros",
        "macros",
        Some(Permission::ReadSuggestions),
    ),
    ("/console/rules", "rules", Some(Permission::AssignWork)),
    (
        "/console/knowledge",
        "knowledge",
        Some(Permission::WriteKnowledge),
    ),
    (
        "/console/proposals",
        "proposals",
        Some(Permission::WriteKnowledge),
    ),
    ("/console/start", "start", Some(Permission::WriteKnowledge)),
    (
        "/console/insights",
        "insights",
        Some(Permission::ReadInsights),
    ),
    (
        "/console/contract",
        "contract",
        Some(Permission::ReadInsights),
    ),
    ("/console/surge", "surge", Some(Permission::SwitchSurge)),
    ("/console/people", "people", Some(Permission::ManageUsers)),
    (
        "/console/programs",
        "programs",
        Some(Permission::ManageWebhooks),
    ),
    ("/console/mail", "mail", Some(Permission::ReadConversations)),
    ("/console/log", "log", Some(Permission::ReadAudit)),
    (
        "/console/privacy",
        "privacy",
        Some(Permission::ManagePrivacy),
    ),
    ("/console/settings", "settings", None),
];

impl AtDesk {
    /// The words and looks somebody prefers.
    pub(super) fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Fills a page; `here` is its place in the navigation.
    pub(super) fn page(
        &self,
        template: &str,
        here: &str,
        values: Value,
    ) -> Result<Response, ApiError> {
        let agent = self.staff.agent()?;
        let places: Vec<Value> = PAGES
            .iter()
            .filter(|(_, _, needed)| needed.is_none_or(|needed| agent.role.may(needed)))
            .map(|(link, word, _)| {
                context! { link => *link, word => self.preferences.word(word), here => *link == here }
            })
            .collect();
        let around = self.preferences.around(here)?;
        let shell = context! {
            places,
            notices => self.notices.clone(),
            name => agent.name.clone(),
            provider => self.provider.clone(),
            me => agent.id.to_string(),
            csrf => self.staff.csrf.clone(),
            may_work => agent.role.may(Permission::WorkConversations),
            availability => agent.availability.code(),
            availability_word => self.preferences.word(agent.availability.code()),
            availability_reason => agent.availability_reason(),
            availabilities => Availability::ALL.map(|one| {
                let code = one.code();
                context! { code, word => self.preferences.word(code), chosen => one == agent.availability }
            }).to_vec(),
        };
        let page = self
            .preferences
            .piece(template, context! { ..values, ..shell, ..around })?;
        Ok(private(page))
    }
}

/// Visitors' words must not stay in a shared cache.
pub(super) fn private(page: String) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}
