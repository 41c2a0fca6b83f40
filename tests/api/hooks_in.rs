//! What other programs tell us: checked, believed when it is signed, and done once.

use axum::http::StatusCode;
use mondo::signing::SigningSecret;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor};
use crate::colleagues::Colleague;

/// A program that may tell the shop something.
pub struct Program {
    shop: Visitor,
    path: String,
    secret: SigningSecret,
    now_s: i64,
}

impl Program {
    pub async fn let_in(shop: &Shop, admin: &Colleague, agent: &Colleague) -> Self {
        let body = json!({ "name": "other-desk", "format": "mondo", "agent": agent.id });
        let made = admin
            .posts("/v1/staff/sources", body)
            .await
            .expect(StatusCode::CREATED);
        Self {
            shop: shop.visitor("en"),
            path: "/v1/hooks/other-desk".to_owned(),
            secret: SigningSecret::parse(made["secret"].as_str().unwrap()).unwrap(),
            now_s: shop.app.now().as_millis() / 1_000,
        }
    }

    pub async fn tells(&self, id: &str, body: Value) -> Told {
        self.tells_at(id, self.now_s, body).await
    }

    async fn tells_at(&self, id: &str, moment_s: i64, body: Value) -> Told {
        let body = body.to_string();
        let signature = self.secret.sign(id, moment_s, body.as_bytes());
        let request = self
            .shop
            .request("POST", &self.path)
            .header("webhook-id", id)
            .header("webhook-timestamp", moment_s)
            .header("webhook-signature", signature);
        self.shop.sends(request.body(body.into()).unwrap()).await
    }
}

#[tokio::test]
async fn people_elsewhere_answer_once_and_by_name() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let bridge = shop.colleague("Bridge", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let program = Program::let_in(&shop, &admin, &bridge).await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    let ticket = visitor.wants_a_person("").await;
    let number = ticket["ticket"]["number"]
        .as_str()
        .or(ticket["number"].as_str())
        .unwrap()
        .to_owned();

    let reply = json!({ "type": "reply", "ticket": number, "text": "承りました。", "language": "ja", "name": "Hana" });
    let first = program
        .tells("m-1", reply.clone())
        .await
        .expect(StatusCode::OK);
    assert_eq!(first["result"], "done");
    let again = program
        .tells("m-1", reply.clone())
        .await
        .expect(StatusCode::OK);
    assert_eq!(again["result"], "repeated");
    let seen = visitor.rereads().await;
    let said: Vec<&Value> = seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "agent")
        .collect();
    assert_eq!(said.len(), 1);
    assert_eq!(
        (&said[0]["text"], &said[0]["speaker"]),
        (&json!("承りました。"), &json!("Hana"))
    );
    assert_eq!(seen["state"], "agent");

    // Whoever answers there takes over from whoever holds it here, and never two answer.
    let assign = json!({ "act": "assign", "to": kenji.id });
    let path = format!("/v1/staff/conversations/{}/acts", visitor.conversation);
    admin.posts(&path, assign).await.expect(StatusCode::OK);
    program.tells("m-2", reply).await.expect(StatusCode::OK);
    kenji
        .says(&visitor.conversation, "私が")
        .await
        .problem(409, "moved-on");

    let note = json!({ "type": "note", "ticket": number, "text": "called back", "name": "Hana" });
    for _ in 0..2 {
        program
            .tells("m-3", note.clone())
            .await
            .expect(StatusCode::OK);
    }
    let urgent =
        json!({ "type": "priority", "ticket": number, "priority": "urgent", "why": "outage" });
    program.tells("m-4", urgent).await.expect(StatusCode::OK);
    let pending = json!({ "type": "status", "ticket": number, "status": "pending" });
    program.tells("m-5", pending).await.expect(StatusCode::OK);
    let view = admin
        .gets(&format!("/v1/staff/tickets/{number}"))
        .await
        .expect(StatusCode::OK);
    assert_eq!(view["notes"].as_array().unwrap().len(), 1, "{view}");
    let text = view.to_string();
    assert!(
        text.contains("\"urgent\"") && text.contains("\"pending\""),
        "{text}"
    );
    let solved = json!({ "type": "status", "ticket": number, "status": "solved" });
    program
        .tells("m-6", solved.clone())
        .await
        .expect(StatusCode::OK);
    program.tells("m-7", solved).await.expect(StatusCode::OK);
    assert_eq!(visitor.rereads().await["state"], "closed");
}

#[tokio::test]
async fn forged_old_and_odd_requests_are_refused() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let viewer = shop.colleague("Vera", Role::Viewer).await;
    let program = Program::let_in(&shop, &admin, &admin).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let reply = json!({ "type": "reply", "conversation": visitor.conversation, "text": "hi" });
    program
        .tells_at("m-1", program.now_s - 400, reply.clone())
        .await
        .problem(401, "sign-in-needed");
    let forged = Program {
        secret: SigningSecret::generate(),
        shop: shop.visitor("en"),
        path: program.path.clone(),
        now_s: program.now_s,
    };
    forged
        .tells("m-1", reply.clone())
        .await
        .problem(401, "sign-in-needed");
    let unsigned = visitor.posts(&program.path, reply.clone()).await;
    unsigned.problem(401, "sign-in-needed");
    visitor
        .posts("/v1/hooks/nobody", reply.clone())
        .await
        .problem(404, "not-found");
    for odd in [
        json!({ "type": "explode" }),
        json!({ "type": "reply", "text": "to whom?" }),
        json!({ "type": "status", "ticket": "M-1", "status": "strange" }),
    ] {
        program.tells("m-2", odd).await.problem(400, "bad-request");
    }
    let silent = json!({ "type": "reply", "conversation": visitor.conversation, "text": " " });
    let told = program.tells("m-2", silent).await;
    told.problem(422, "content-refused");
    let nowhere = json!({ "type": "note", "ticket": "M-000077", "text": "x" });
    program
        .tells("m-2", nowhere)
        .await
        .problem(404, "not-found");
    // What was refused leaves no receipt: mended, it is taken under the same id.
    program
        .tells("m-2", reply.clone())
        .await
        .expect(StatusCode::OK);

    // A rotated secret is taken beside the one before for a day.
    let rotated = admin
        .posts("/v1/staff/sources/other-desk/secret", json!({}))
        .await
        .expect(StatusCode::OK);
    let renewed = Program {
        secret: SigningSecret::parse(rotated["secret"].as_str().unwrap()).unwrap(),
        ..forged
    };
    renewed
        .tells("m-3", reply.clone())
        .await
        .expect(StatusCode::OK);
    program
        .tells("m-4", reply.clone())
        .await
        .expect(StatusCode::OK);
    let removed = admin
        .sends("DELETE", "/v1/staff/sources/other-desk", None)
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    renewed.tells("m-5", reply).await.problem(404, "not-found");

    let silent = json!({ "name": "x", "format": "mondo", "agent": viewer.id });
    admin
        .posts("/v1/staff/sources", silent)
        .await
        .problem(422, "content-refused");
    let unnamed = json!({ "name": "x", "format": "chatwoot", "agent": admin.id });
    let told = admin.posts("/v1/staff/sources", unnamed).await;
    assert_eq!(told.problem(422, "content-refused")["field"], "secret");
}
