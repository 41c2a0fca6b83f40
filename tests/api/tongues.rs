//! Visitors who read traditional Chinese, and those whose language is not served.

use serde_json::{Value, json};

use crate::actors::{Shop, Visitor};

async fn asks_on(visitor: &Visitor, page: &str, text: &str) -> Value {
    let body = json!({ "text": text, "page": page });
    visitor.posts("/v1/ask", body).await.json()
}

#[tokio::test]
async fn traditional_pages_and_questions_get_traditional_answers() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("");
    for (page, text, script, link) in [
        (
            "zh-TW",
            "茶叶怎么退货？",
            "zh-Hant",
            "/help/zh-Hant/return-tea",
        ),
        ("zh-HK", "茶叶怎么退货？", "zh-HK", "/help/zh-HK/return-tea"),
        ("", "茶葉怎麼退貨？", "zh-Hant", "/help/zh-Hant/return-tea"),
        (
            "zh-CN",
            "茶葉怎麼退貨？",
            "zh-Hant",
            "/help/zh-Hant/return-tea",
        ),
    ] {
        let told = asks_on(&visitor, page, text).await;
        assert_eq!(told["script"], script, "{page} {text}: {told}");
        assert_eq!(told["message"], "為您找到以下內容。");
        assert_eq!(told["answer"]["title"], "茶葉怎麼退貨？");
        assert!(
            told["answer"]["text"]
                .as_str()
                .unwrap()
                .contains("我們全額退款"),
            "{told}"
        );
        assert_eq!(told["answer"]["link"], link);
        let shown = visitor.gets(link).await.text;
        assert!(shown.contains("退貨"), "{shown}");
    }
    let told = asks_on(&visitor, "zh-CN", "茶叶怎么退货？").await;
    assert_eq!(told["script"], "zh-Hans");
    assert_eq!(told["answer"]["title"], "茶叶怎么退货？");

    let taipei = shop.visitor("zh-TW");
    let welcome = taipei.gets("/v1/welcome").await.json();
    let titles = welcome["starters"].to_string();
    assert!(!titles.contains('么') && !titles.contains('货'), "{titles}");
    let article = taipei
        .gets("/v1/articles/return-tea?lang=zh-Hant")
        .await
        .json();
    assert!(
        article["html"].as_str().unwrap().contains("請把退貨單"),
        "{article}"
    );
}

#[tokio::test]
async fn a_conversation_keeps_the_script_it_was_spoken_in() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("");
    visitor.opens().await;
    visitor.says("茶葉怎麼退貨？").await;
    visitor.chooses("shipping-time").await;
    visitor.wants_a_person("").await;
    let whole = visitor.rereads().await;
    let messages = whole["messages"].as_array().unwrap();
    let said = |author: &str| -> Vec<String> {
        let own = messages
            .iter()
            .filter(|message| message["author"] == author);
        own.map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let replies = said("bot");
    assert!(replies[0].contains("我們全額退款"), "{whole}");
    assert!(replies[1].contains("我們會在 2 天內發貨"), "{whole}");
    assert!(said("system")[0].contains("已為您建立工單"), "{whole}");
}

#[tokio::test]
async fn a_visitor_from_elsewhere_gets_a_word_in_their_language() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("de-DE,de;q=0.9");
    let told = visitor
        .asks("Was ist eigentlich mit dem Wetter morgen?")
        .await;
    assert_eq!(told["elsewhere"]["code"], "de", "{told}");
    assert_eq!(told["elsewhere"]["name"], "Deutsch");
    let message = told["elsewhere"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Ich antworte auf Englisch"),
        "{message}"
    );
    let english = visitor.asks("how do I return my tea?").await;
    assert_eq!(english["elsewhere"], Value::Null, "{english}");
    assert_eq!(english["language"], "en");

    let mut writer = shop.visitor("");
    writer.opens_on("fr").await;
    writer.says("Où est ma commande, s'il vous plaît ?").await;
    writer.wants_a_person("").await;
    let whole = writer.rereads().await;
    assert_eq!(whole["ticket"]["elsewhere"], "Français", "{whole}");
    let first = whole["messages"][1]["text"].as_str().unwrap();
    assert!(first.starts_with("Je réponds en anglais"), "{first}");
}
