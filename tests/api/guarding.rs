//! Who may do what: every route of the desk with every role, with keys, and with nobody.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use mondo::staff::{Permission, Role};
use serde_json::{Value, json};

use crate::actors::Shop;

/// What a route needs.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// A permission.
    May(Permission),
    /// Two permissions.
    Both(Permission, Permission),
    /// A permission, in a person's own name.
    PersonMay(Permission),
    /// To be signed in.
    Person,
    /// Nothing.
    Nothing,
}

/// Every route of the desk. A route that is missing here fails [`no_route_is_forgotten`].
const ROUTES: &[(&str, &str, Needs)] = {
    use Needs::{Both, May, Nothing, Person, PersonMay};
    use Permission as P;
    &[
        ("POST", "/v1/staff/session", Nothing),
        ("GET", "/v1/staff/session", Person),
        ("DELETE", "/v1/staff/session", Person),
        ("GET", "/v1/staff/sso", Nothing),
        ("GET", "/v1/staff/sso/callback", Nothing),
        ("POST", "/v1/staff/session/passkey", Nothing),
        ("POST", "/v1/staff/session/proof", Person),
        ("POST", "/v1/staff/session/proof/passkey", Person),
        ("POST", "/v1/staff/account/passkeys/question", Person),
        ("POST", "/v1/staff/account/passkeys", Person),
        ("GET", "/v1/staff/account/passkeys", Person),
        ("DELETE", "/v1/staff/account/passkeys/{id}", Person),
        ("GET", "/v1/staff/account/sessions", Person),
        ("DELETE", "/v1/staff/account/sessions/{id}", Person),
        ("DELETE", "/v1/staff/account/sessions", Person),
        ("GET", "/v1/staff/account/push", Person),
        ("POST", "/v1/staff/account/push", Person),
        ("DELETE", "/v1/staff/account/push/{id}", Person),
        ("POST", "/v1/staff/second-factor", Person),
        ("PUT", "/v1/staff/second-factor", Person),
        ("GET", "/v1/staff/queue", May(P::ReadConversations)),
        (
            "GET",
            "/v1/staff/conversations/{id}",
            May(P::ReadConversations),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/acts",
            PersonMay(P::WorkConversations),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/messages",
            PersonMay(P::WorkConversations),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/typing",
            PersonMay(P::WorkConversations),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/read",
            PersonMay(P::WorkConversations),
        ),
        (
            "GET",
            "/v1/staff/conversations/{id}/suggestions",
            Both(P::ReadConversations, P::ReadSuggestions),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/attachments",
            PersonMay(P::WorkConversations),
        ),
        (
            "GET",
            "/v1/staff/conversations/{id}/attachments/{attachment}",
            May(P::ReadConversations),
        ),
        (
            "POST",
            "/v1/staff/queue/next",
            PersonMay(P::WorkConversations),
        ),
        ("GET", "/v1/staff/mails", May(P::ReadConversations)),
        (
            "PUT",
            "/v1/staff/agents/{id}/skills",
            PersonMay(P::ManageUsers),
        ),
        ("GET", "/v1/staff/surges", May(P::ReadConversations)),
        ("POST", "/v1/staff/surges", May(P::SwitchSurge)),
        ("DELETE", "/v1/staff/surges/{incident}", May(P::SwitchSurge)),
        ("POST", "/v1/suggestions", May(P::ReadSuggestions)),
        ("GET", "/v1/staff/macros", May(P::ReadSuggestions)),
        ("POST", "/v1/staff/macros", PersonMay(P::WriteMacros)),
        ("GET", "/v1/staff/proposals", May(P::WriteKnowledge)),
        (
            "PUT",
            "/v1/staff/proposals/{id}",
            PersonMay(P::WriteKnowledge),
        ),
        ("GET", "/v1/staff/categories", May(P::WriteKnowledge)),
        (
            "PUT",
            "/v1/staff/categories/{category}",
            PersonMay(P::WriteKnowledge),
        ),
        ("GET", "/v1/staff/knowledge", May(P::WriteKnowledge)),
        ("POST", "/v1/staff/knowledge", PersonMay(P::WriteKnowledge)),
        (
            "GET",
            "/v1/staff/knowledge/{article}",
            May(P::WriteKnowledge),
        ),
        (
            "PUT",
            "/v1/staff/knowledge/{article}/{file}",
            PersonMay(P::WriteKnowledge),
        ),
        (
            "POST",
            "/v1/staff/knowledge/{article}/pictures",
            May(P::WriteKnowledge),
        ),
        (
            "GET",
            "/v1/staff/knowledge/{article}/{file}/revisions",
            May(P::WriteKnowledge),
        ),
        (
            "POST",
            "/v1/staff/knowledge/revisions/{id}/restoration",
            PersonMay(P::WriteKnowledge),
        ),
        ("GET", "/v1/staff/insights/gaps", May(P::ReadInsights)),
        (
            "POST",
            "/v1/staff/insights/gaps/{id}/acts",
            PersonMay(P::WriteKnowledge),
        ),
        ("GET", "/v1/staff/insights/outcomes", May(P::ReadInsights)),
        ("GET", "/v1/staff/insights/report", May(P::ReadInsights)),
        ("GET", "/v1/staff/insights/searches", May(P::ReadInsights)),
        (
            "GET",
            "/v1/staff/insights/conversations",
            Both(P::ReadInsights, P::ReadConversations),
        ),
        ("GET", "/v1/staff/insights/parts", May(P::ReadInsights)),
        (
            "GET",
            "/v1/staff/insights/satisfaction",
            May(P::ReadInsights),
        ),
        ("GET", "/v1/staff/insights/edits", May(P::ReadInsights)),
        ("GET", "/v1/staff/insights/review", May(P::ReadInsights)),
        (
            "PUT",
            "/v1/staff/insights/review/{answer}",
            PersonMay(P::ReadInsights),
        ),
        (
            "DELETE",
            "/v1/staff/insights/review/{answer}",
            PersonMay(P::ReadInsights),
        ),
        (
            "POST",
            "/v1/staff/insights/review/questions",
            PersonMay(P::ReadInsights),
        ),
        ("GET", "/v1/staff/insights/contract", May(P::ReadInsights)),
        (
            "POST",
            "/v1/staff/insights/contract/reviews",
            May(P::SetThresholds),
        ),
        (
            "PUT",
            "/v1/staff/insights/contract/thresholds/{language}",
            PersonMay(P::SetThresholds),
        ),
        (
            "DELETE",
            "/v1/staff/insights/contract/thresholds/{language}",
            PersonMay(P::SetThresholds),
        ),
        ("PUT", "/v1/staff/account", Person),
        ("PUT", "/v1/staff/account/password", Person),
        ("POST", "/v1/staff/account/second-factor/removal", Person),
        (
            "POST",
            "/v1/staff/account/second-factor/recovery-codes",
            Person,
        ),
        (
            "PUT",
            "/v1/staff/conversations/{id}/presence",
            PersonMay(P::ReadConversations),
        ),
        (
            "DELETE",
            "/v1/staff/conversations/{id}/presence",
            PersonMay(P::ReadConversations),
        ),
        ("GET", "/v1/staff/tickets", May(P::ReadConversations)),
        ("GET", "/v1/staff/tickets/export", May(P::ReadConversations)),
        (
            "PUT",
            "/v1/staff/conversations/{id}/snooze",
            PersonMay(P::WorkConversations),
        ),
        (
            "DELETE",
            "/v1/staff/conversations/{id}/snooze",
            PersonMay(P::WorkConversations),
        ),
        ("GET", "/v1/staff/rules", May(P::AssignWork)),
        ("POST", "/v1/staff/rules", PersonMay(P::AssignWork)),
        ("POST", "/v1/staff/rules/trial", May(P::AssignWork)),
        ("PUT", "/v1/staff/rules/{id}", PersonMay(P::AssignWork)),
        ("DELETE", "/v1/staff/rules/{id}", PersonMay(P::AssignWork)),
        ("GET", "/v1/staff/views", PersonMay(P::ReadConversations)),
        ("POST", "/v1/staff/views", PersonMay(P::ReadConversations)),
        (
            "DELETE",
            "/v1/staff/views/{id}",
            PersonMay(P::ReadConversations),
        ),
        (
            "PUT",
            "/v1/staff/account/availability",
            PersonMay(P::WorkConversations),
        ),
        ("PUT", "/v1/staff/account/notices", Person),
        (
            "GET",
            "/v1/staff/tickets/{number}",
            May(P::ReadConversations),
        ),
        (
            "POST",
            "/v1/staff/tickets/{number}/work",
            PersonMay(P::WorkConversations),
        ),
        ("GET", "/v1/staff/news", May(P::ReadConversations)),
        ("GET", "/v1/staff/agents", May(P::ReadConversations)),
        ("POST", "/v1/staff/agents", PersonMay(P::ManageUsers)),
        ("PUT", "/v1/staff/agents/{id}", PersonMay(P::ManageUsers)),
        (
            "POST",
            "/v1/staff/agents/{id}/reset",
            PersonMay(P::ManageUsers),
        ),
        ("GET", "/v1/staff/keys", May(P::ManageUsers)),
        ("POST", "/v1/staff/keys", PersonMay(P::ManageUsers)),
        ("DELETE", "/v1/staff/keys/{id}", PersonMay(P::ManageUsers)),
        (
            "POST",
            "/v1/staff/privacy/export",
            PersonMay(P::ManagePrivacy),
        ),
        (
            "POST",
            "/v1/staff/privacy/erasure",
            PersonMay(P::ManagePrivacy),
        ),
        ("GET", "/v1/staff/privacy/holds", May(P::ManagePrivacy)),
        (
            "PUT",
            "/v1/staff/conversations/{id}/hold",
            PersonMay(P::ManagePrivacy),
        ),
        (
            "POST",
            "/v1/staff/conversations/{id}/messages/{message}/original",
            PersonMay(P::OpenOriginals),
        ),
        ("GET", "/v1/staff/webhooks", May(P::ManageWebhooks)),
        ("POST", "/v1/staff/webhooks", PersonMay(P::ManageWebhooks)),
        (
            "PUT",
            "/v1/staff/webhooks/{id}",
            PersonMay(P::ManageWebhooks),
        ),
        (
            "DELETE",
            "/v1/staff/webhooks/{id}",
            PersonMay(P::ManageWebhooks),
        ),
        (
            "POST",
            "/v1/staff/webhooks/{id}/secret",
            PersonMay(P::ManageWebhooks),
        ),
        (
            "GET",
            "/v1/staff/webhooks/{id}/deliveries",
            May(P::ManageWebhooks),
        ),
        (
            "POST",
            "/v1/staff/webhooks/{id}/replay",
            PersonMay(P::ManageWebhooks),
        ),
        ("GET", "/v1/staff/sources", May(P::ManageWebhooks)),
        ("POST", "/v1/staff/sources", PersonMay(P::ManageWebhooks)),
        (
            "POST",
            "/v1/staff/sources/{name}/secret",
            PersonMay(P::ManageWebhooks),
        ),
        (
            "DELETE",
            "/v1/staff/sources/{name}",
            PersonMay(P::ManageWebhooks),
        ),
        ("GET", "/v1/staff/log", May(P::ReadAudit)),
        ("POST", "/v1/staff/phrase", PersonMay(P::WorkConversations)),
        ("POST", "/v1/agents/verify", Nothing),
        ("GET", "/v1/official-channels", Nothing),
        ("GET", "/v1/agents/{id}", Nothing),
    ]
};

/// Pages and pieces of the console, which stand in no document.
const CONSOLE: &[(&str, &str, Needs)] = {
    use Needs::{Both, May, Nothing, Person, PersonMay};
    use Permission as P;
    &[
        // Authors, who read no conversations, are led on to the articles.
        ("GET", "/console", Person),
        ("GET", "/console/sign-in", Nothing),
        ("GET", "/console/tickets", PersonMay(P::ReadConversations)),
        (
            "GET",
            "/console/conversations/{id}/visitor",
            May(P::ReadConversations),
        ),
        (
            "GET",
            "/console/conversations/{id}/glosses",
            May(P::ReadConversations),
        ),
        ("GET", "/console/rules", PersonMay(P::AssignWork)),
        ("GET", "/console/macros", PersonMay(P::ReadSuggestions)),
        ("GET", "/console/proposals", PersonMay(P::WriteKnowledge)),
        ("GET", "/console/knowledge", PersonMay(P::WriteKnowledge)),
        ("GET", "/console/categories", PersonMay(P::WriteKnowledge)),
        ("GET", "/console/new-article", PersonMay(P::WriteKnowledge)),
        (
            "GET",
            "/console/knowledge/{article}",
            PersonMay(P::WriteKnowledge),
        ),
        (
            "GET",
            "/console/knowledge/{article}/wording/en",
            May(P::WriteKnowledge),
        ),
        (
            "POST",
            "/console/knowledge/{article}/preview/en",
            May(P::WriteKnowledge),
        ),
        (
            "POST",
            "/console/knowledge/{article}/checks/{file}",
            May(P::WriteKnowledge),
        ),
        (
            "GET",
            "/console/knowledge/{article}/history/{file}",
            May(P::WriteKnowledge),
        ),
        ("GET", "/console/start", PersonMay(P::WriteKnowledge)),
        ("POST", "/console/start", PersonMay(P::WriteKnowledge)),
        ("GET", "/console/insights", PersonMay(P::ReadInsights)),
        (
            "GET",
            "/console/insights/conversations",
            Both(P::ReadInsights, P::ReadConversations),
        ),
        (
            "GET",
            "/console/insights/{id}",
            Both(P::ReadInsights, P::ReadConversations),
        ),
        ("GET", "/console/contract", PersonMay(P::ReadInsights)),
        ("GET", "/console/review", PersonMay(P::ReadInsights)),
        ("GET", "/console/review/next", May(P::ReadInsights)),
        ("GET", "/console/surge", PersonMay(P::SwitchSurge)),
        ("GET", "/console/notices", Person),
        ("GET", "/console/programs", PersonMay(P::ManageWebhooks)),
        (
            "GET",
            "/console/programs/webhooks/{id}",
            PersonMay(P::ManageWebhooks),
        ),
        ("GET", "/console/mail", PersonMay(P::ReadConversations)),
        ("GET", "/console/log", PersonMay(P::ReadAudit)),
        ("GET", "/console/privacy", PersonMay(P::ManagePrivacy)),
        ("GET", "/console/settings", Person),
        ("POST", "/console/second-factor", Person),
        ("GET", "/console/people", PersonMay(P::ManageUsers)),
        ("GET", "/console/queue", May(P::ReadConversations)),
        (
            "GET",
            "/console/conversations/{id}",
            May(P::ReadConversations),
        ),
        (
            "GET",
            "/console/conversations/{id}/suggestions",
            May(P::ReadConversations),
        ),
        (
            "GET",
            "/console/conversations/{id}/ticket",
            May(P::ReadConversations),
        ),
        (
            "GET",
            "/console/conversations/{id}/presence",
            May(P::ReadConversations),
        ),
    ]
};

/// A body every route can read, so that only the permission decides.
fn body_for(method: &str, path: &str) -> Option<Value> {
    let body = match (method, path) {
        ("POST", "/v1/staff/session" | "/v1/staff/session/passkey") => {
            json!({ "email": "x", "password": "x" })
        }
        ("POST", "/v1/staff/account/passkeys") => {
            json!({ "id": "x", "attestation": "x", "client_data": "x" })
        }
        ("POST", "/v1/staff/account/push") => {
            json!({ "endpoint": "https://push.example/x", "keys": { "p256dh": "x", "auth": "x" } })
        }
        ("POST", "/v1/staff/session/proof") => json!({ "password": "x" }),
        ("PUT", "/v1/staff/second-factor") => {
            json!({ "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "code": "1" })
        }
        (_, "/v1/staff/conversations/{id}/acts") => json!({ "act": "claim" }),
        (_, "/v1/staff/conversations/{id}/messages") => json!({ "text": "hello" }),
        (_, "/v1/staff/conversations/{id}/read") => json!({ "up_to": 1 }),
        ("POST", "/v1/staff/agents") => {
            json!({ "email": "x@example.com", "name": "x", "role": "agent" })
        }
        ("PUT", "/v1/staff/agents/{id}") => json!({ "role": "agent", "active": true }),
        ("POST", "/v1/staff/tickets/{number}/work") => json!({ "watch": true }),
        ("PUT", "/v1/staff/conversations/{id}/snooze") => json!({ "minutes": 5 }),
        ("POST", "/v1/staff/rules" | "/v1/staff/rules/trial") | ("PUT", "/v1/staff/rules/{id}") => {
            json!({ "name": "x", "active": false, "when": { "trigger": "opened" }, "then": [{ "level": "l2" }] })
        }
        ("POST", "/v1/staff/views") => json!({ "name": "x", "query": {} }),
        ("PUT", "/v1/staff/account/availability") => json!({ "availability": "here" }),
        ("PUT", "/v1/staff/account/notices") => json!({ "mail": [] }),
        ("PUT", "/v1/staff/account") => json!({ "name": "Sora" }),
        ("PUT", "/v1/staff/account/password") => {
            json!({ "current": "x", "new": "seldom guessed 7" })
        }
        (
            "POST",
            "/v1/staff/account/second-factor/removal"
            | "/v1/staff/account/second-factor/recovery-codes",
        ) => json!({ "code": "1" }),
        ("PUT", "/v1/staff/categories/{category}") => {
            json!({ "titles": { "en": "x" }, "place": 1 })
        }
        ("PUT", "/v1/staff/knowledge/{article}/{file}")
        | ("POST", "/console/knowledge/{article}/checks/{file}") => json!({ "text": "x" }),
        ("POST", "/console/start") => json!({ "questions": "x" }),
        ("POST", "/console/knowledge/{article}/preview/en") => {
            json!({ "wording": { "title": "x", "summary": "x" } })
        }
        ("POST", "/v1/staff/knowledge") => {
            json!({ "id": "x", "category": "nowhere", "texts": { "en": { "title": "x", "summary": "x" } } })
        }
        ("PUT", "/v1/staff/agents/{id}/skills") => json!({ "skills": [] }),
        ("POST", "/v1/staff/surges") => {
            json!({ "incident": "INC-1", "texts": { "en": "x", "zh": "x", "ja": "x", "ko": "x" }, "expires": "2026-06-01T12:00:00Z", "categories": ["nowhere"] })
        }
        ("POST", "/v1/suggestions") => json!({ "transcript": [] }),
        ("POST", "/v1/staff/macros") => json!({ "id": "x", "title": "x", "texts": { "en": "x" } }),
        ("PUT", "/v1/staff/proposals/{id}") => json!({ "verdict": "dismissed" }),
        ("POST", "/v1/staff/insights/gaps/{id}/acts") => json!({ "dismiss": { "reason": "x" } }),
        ("PUT", "/v1/staff/insights/review/{answer}") => json!({ "judgement": "right" }),
        ("POST", "/v1/staff/insights/review/questions") => json!({ "questions": ["x"] }),
        ("PUT", "/v1/staff/insights/contract/thresholds/{language}") => {
            json!({ "hundredths": 99 })
        }
        ("POST", "/v1/staff/webhooks") => json!({ "url": "https://127.0.0.1/x" }),
        ("PUT", "/v1/staff/webhooks/{id}") => json!({ "active": false }),
        ("POST", "/v1/staff/webhooks/{id}/replay") => json!({ "from_ms": 0 }),
        ("POST", "/v1/staff/sources") => {
            json!({ "name": "x", "format": "mondo", "agent": NOBODY })
        }
        ("POST", "/v1/staff/sources/{name}/secret") => json!({}),
        ("POST", "/v1/staff/privacy/export") => json!({ "visitor": "nobody" }),
        ("POST", "/v1/staff/privacy/erasure") => json!({ "visitor": "nobody", "reason": "x" }),
        ("PUT", "/v1/staff/conversations/{id}/hold") => json!({ "held": true, "reason": "x" }),
        ("POST", "/v1/staff/conversations/{id}/messages/{message}/original") => {
            json!({ "reason": "x" })
        }
        ("POST", "/v1/staff/keys") => json!({ "name": "x", "scopes": ["conversations.read"] }),
        ("POST", "/v1/agents/verify") => json!({ "phrase": "x" }),
        _ => return None,
    };
    Some(body)
}

fn allowed(needs: Needs, role: Role) -> bool {
    match needs {
        Needs::May(permission) | Needs::PersonMay(permission) => role.may(permission),
        Needs::Both(one, other) => role.may(one) && role.may(other),
        Needs::Person | Needs::Nothing => true,
    }
}

/// An address of the right form that leads nowhere.
fn address(path: &str) -> String {
    let query = match path {
        "/v1/staff/tickets" | "/v1/official-channels" => "?q=x",
        "/v1/staff/mails" => "?state=failed",
        "/v1/staff/insights/conversations" | "/console/insights/conversations" => "?what=asked",
        "/v1/staff/insights/parts" => "?by=channel",
        _ => "",
    };
    format!(
        "{}{query}",
        path.replace("{id}", NOBODY)
            .replace("{attachment}", NOBODY)
            .replace("{message}", NOBODY)
            .replace("{article}", "no-such-article")
            .replace("{category}", "nowhere")
            .replace("{file}", "en.md")
            .replace("{answer}", NOBODY)
            .replace("{language}", "ko")
            .replace("{incident}", "INC-0")
            .replace("{number}", "M-999999")
            .replace("{name}", "nobody")
    )
}

/// An id of the right form that names nothing.
const NOBODY: &str = "019a9f6e-1c00-7000-8000-000000000000";

#[tokio::test]
async fn every_role_meets_its_limits_on_every_route() {
    let shop = Shop::open().await;
    for role in Role::ALL {
        let colleague = shop.colleague(role.code(), role).await;
        let ends_session = |(method, path, _): &&(&str, &str, Needs)| {
            (*method, *path) == ("DELETE", "/v1/staff/session")
        };
        let (last, first): (Vec<_>, Vec<_>) = ROUTES.iter().chain(CONSOLE).partition(ends_session);
        for (method, path, needs) in first.into_iter().chain(last) {
            let told = match path {
                // Only its status can be waited for: the stream has no end.
                "/v1/staff/news" if allowed(needs, role) => continue,
                _ => {
                    colleague
                        .sends(method, &address(path), body_for(method, path))
                        .await
                }
            };
            let refused = told.status == StatusCode::FORBIDDEN;
            assert_eq!(
                refused,
                !allowed(needs, role),
                "{role} {method} {path}: {} {}",
                told.status,
                told.text
            );
        }
    }
}

#[tokio::test]
async fn strangers_and_other_sites_get_nowhere() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let mut without_csrf = admin.clone();
    without_csrf.csrf = None;
    let mut with_wrong_csrf = admin.clone();
    with_wrong_csrf.csrf = Some("0".repeat(64));
    let revoked = shop.program("not a key");
    for (method, path, needs) in ROUTES {
        if *needs == Needs::Nothing {
            continue;
        }
        let path_to = address(path);
        for stranger in [&shop.stranger(), &revoked] {
            let told = stranger
                .sends(method, &path_to, body_for(method, path))
                .await;
            told.problem(401, "sign-in-needed");
        }
        if *method == "GET" {
            continue;
        }
        for forged in [&without_csrf, &with_wrong_csrf] {
            let told = forged.sends(method, &path_to, body_for(method, path)).await;
            assert_eq!(
                told.problem(403, "forbidden")["field"],
                "X-CSRF-Token",
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_has_no_voice() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let ask = json!({ "name": "dashboard", "scopes": ["conversations.read"] });
    let made = admin
        .posts("/v1/staff/keys", ask)
        .await
        .expect(StatusCode::CREATED);
    let program = shop.program(made["token"].as_str().unwrap());
    program.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    for (method, path, needs) in ROUTES {
        let may = match needs {
            Needs::May(permission) => *permission == Permission::ReadConversations,
            Needs::Nothing => true,
            Needs::Both(..) | Needs::Person | Needs::PersonMay(_) => false,
        };
        if may {
            continue;
        }
        let told = program
            .sends(method, &address(path), body_for(method, path))
            .await;
        assert_eq!(
            told.status,
            StatusCode::FORBIDDEN,
            "{method} {path}: {}",
            told.text
        );
    }

    // Nobody gives away what they do not have.
    let beyond = json!({ "name": "x", "scopes": ["audit.read"] });
    let told = admin.posts("/v1/staff/keys", beyond).await;
    assert_eq!(told.problem(403, "forbidden")["field"], "scopes");

    let path = format!("/v1/staff/keys/{}", made["key"]["id"].as_str().unwrap());
    let revoked = admin.sends("DELETE", &path, None).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    program
        .gets("/v1/staff/queue")
        .await
        .problem(401, "sign-in-needed");
    admin
        .sends("DELETE", &path, None)
        .await
        .problem(404, "not-found");
    let listed = admin.gets("/v1/staff/keys").await;
    assert!(!listed.text.contains(made["token"].as_str().unwrap()));
}

#[test]
fn no_route_is_forgotten() {
    let document: Value = serde_json::from_str(&mondo::http::openapi_json()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            if path.starts_with("/v1/staff/") || tag == "staff" || tag == "agents" {
                described.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    let listed: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn a_visitor_can_check_an_agent_once() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let visitor = shop.visitor("ko");
    let phrase = sora
        .posts("/v1/staff/phrase", json!({}))
        .await
        .expect(StatusCode::OK);
    let said = phrase["phrase"]
        .as_str()
        .unwrap()
        .to_lowercase()
        .replace('-', " ");
    let heard = json!({ "phrase": said });
    let badge = visitor
        .posts("/v1/agents/verify", heard.clone())
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        (&badge["listed"], &badge["name"]),
        (&json!(true), &json!("Sora"))
    );
    let again = visitor
        .posts("/v1/agents/verify", heard)
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        again["listed"], false,
        "a phrase overheard is worth nothing"
    );
    let page = visitor
        .gets(&format!("/v1/agents/{}", sora.id))
        .await
        .expect(StatusCode::OK);
    assert_eq!(page["listed"], true);
    let unknown = visitor
        .gets(&format!("/v1/agents/{NOBODY}"))
        .await
        .expect(StatusCode::OK);
    assert_eq!(unknown["listed"], false);
}

#[tokio::test]
async fn the_auditor_reads_who_did_what() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("my secret words").await;
    sora.acts(&visitor.conversation, "claim")
        .await
        .expect(StatusCode::OK);
    let path = format!("/v1/staff/log?subject={}", visitor.conversation);
    let log = auditor.gets(&path).await;
    let lines = log.expect(StatusCode::OK);
    assert_eq!(lines["lines"][0]["action"], "claim");
    assert_eq!(lines["lines"][0]["actor"], sora.id.as_str());
    assert!(!log.text.contains("secret words"));
}

#[tokio::test]
async fn the_log_is_narrowed_and_read_on() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let otto = shop.colleague("Otto", Role::Auditor).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("please").await;
    for act in ["claim", "requeue"] {
        let done = sora.acts(&visitor.conversation, act).await;
        done.expect(StatusCode::OK);
    }
    let done = kenji.acts(&visitor.conversation, "claim").await;
    done.expect(StatusCode::OK);
    let read = async |query: &str| {
        let log = otto.gets(&format!("/v1/staff/log?{query}")).await;
        log.expect(StatusCode::OK)["lines"]
            .as_array()
            .unwrap()
            .clone()
    };
    let acts = |lines: &[Value]| -> Vec<String> {
        let acts = lines.iter().map(|line| line["action"].as_str().unwrap());
        acts.map(str::to_owned).collect()
    };
    let by_sora = read(&format!("actor={}", sora.id)).await;
    assert_eq!(acts(&by_sora), ["requeue", "claim", "sign_in"]);
    assert_eq!(read("action=claim").await.len(), 2);
    let both = read(&format!("action=claim&actor={}", kenji.id)).await;
    assert_eq!(both[0]["subject"], visitor.conversation);

    // Page by page it is the same as at once.
    let whole = read("").await;
    let mut pages: Vec<Value> = Vec::new();
    loop {
        let query = match pages.last() {
            Some(last) => format!("limit=2&before={}", last["sequence"]),
            None => "limit=2".to_owned(),
        };
        let page = read(&query).await;
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        pages.extend(page);
    }
    assert_eq!(pages, whole);
    for limit in ["0", "201"] {
        let told = otto.gets(&format!("/v1/staff/log?limit={limit}")).await;
        assert_eq!(told.problem(400, "bad-request")["field"], "limit");
    }
}
