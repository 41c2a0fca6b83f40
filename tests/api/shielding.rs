//! The scam shield: whoever is being deceived is shown what protects them before anything else, and a person after it.

use serde_json::{Value, json};

use crate::actors::Shop;

#[tokio::test]
async fn somebody_who_is_asked_for_a_secret_is_warned_before_anything_else() {
    let shop = Shop::open().await;
    for (language, text) in [
        (
            "en",
            "A man from your support team wants the six digit code on my phone",
        ),
        (
            "en",
            "They told me to install AnyDesk so they can fix my order, let me talk to a person",
        ),
        (
            "en",
            "Your staff wrote to me on Telegram and said I must pay a fee to release my parcel",
        ),
        ("zh", "客服让我把短信验证码发给他，说要帮我处理订单"),
        ("zh", "有人让我把钱转到安全账户，帮我转人工"),
        ("zh-Hant", "客服要我分享螢幕，說要幫我處理訂單"),
        (
            "ja",
            "サポートを名乗る人から認証コードを教えるように言われました",
        ),
        (
            "ja",
            "画面を共有するように言われたので、担当者につないでください",
        ),
        ("ko", "상담원이 인증번호를 불러 달래요"),
        (
            "ko",
            "고객센터라면서 원격 앱을 깔라고 해요. 상담원 연결해 주세요",
        ),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        let said = visitor.says(text).await;
        let reply = &said["reply"]["reply"];
        assert_eq!(reply["answer"]["article"], "fake-shops", "{text}: {reply}");
        assert_ne!(reply["reason"], "person_requested", "{text}: {reply}");
        let offers = reply["offer_person"] == true || reply["decision"] == "escalate";
        assert!(offers, "{text}: {reply}");
    }
}

#[tokio::test]
async fn somebody_who_was_deceived_gets_first_aid_and_an_urgent_ticket() {
    let shop = Shop::open().await;
    for (language, text) in [
        (
            "en",
            "I gave the code to a fake support agent and my money is gone, get me a human",
        ),
        ("zh", "我被骗了，钱已经转给骗子了，快帮我转人工"),
        ("zh-Hant", "我被騙了，錢已經轉給騙子了"),
        ("ja", "詐欺に遭いました。お金を振り込んでしまいました"),
        ("ko", "사기를 당해서 돈을 보내 버렸어요"),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        let said = visitor.says(text).await;
        let reply = &said["reply"]["reply"];
        assert_eq!(reply["decision"], "escalate", "{text}: {reply}");
        assert_eq!(reply["reason"], "fraud_report", "{text}: {reply}");
        assert_eq!(reply["answer"]["article"], "fake-shops", "{text}: {reply}");
        assert_ne!(said["ticket"], Value::Null, "{text}");
    }
}

#[tokio::test]
async fn after_the_warning_it_is_heard_whether_the_secret_was_given() {
    let shop = Shop::open().await;
    for (language, asked, kept, given) in [
        (
            "en",
            "A man from your support team wants the six digit code on my phone",
            "No, I didn't give it",
            "I already told him",
        ),
        (
            "zh",
            "客服让我把短信验证码发给他，说要帮我处理订单",
            "我没给他",
            "已经给他了",
        ),
        (
            "ja",
            "サポートを名乗る人から認証コードを教えるように言われました",
            "教えていません",
            "教えてしまいました",
        ),
        (
            "ko",
            "상담원이 인증번호를 불러 달래요",
            "안 알려줬어요",
            "이미 알려줬어요",
        ),
    ] {
        let mut visitor = shop.visitor(language);
        visitor.opens().await;
        visitor.says(asked).await;
        let said = visitor.says(kept).await;
        assert_eq!(said["reply"]["reply"]["decision"], "small_talk", "{said}");
        assert_eq!(said["ticket"], Value::Null, "{kept}");
        let said = visitor.says("ok").await;
        assert_eq!(said["ticket"], Value::Null, "assent to nothing: {said}");

        let said = visitor.says(given).await;
        let reply = &said["reply"]["reply"];
        assert_eq!(reply["reason"], "fraud_report", "{given}: {reply}");
        assert_eq!(reply["answer"]["article"], "fake-shops", "{given}: {reply}");
        assert_eq!(said["ticket"]["priority"], "urgent", "{given}");

        let mut another = shop.visitor(language);
        another.opens().await;
        let said = another.says(given).await;
        assert_eq!(
            said["ticket"],
            Value::Null,
            "without a warning it reports nothing: {said}"
        );
    }
}

#[tokio::test]
async fn questions_about_secrets_and_screens_are_questions() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for text in [
        "Can I share my screen during a tea lesson?",
        "How do I change my password?",
        "The code for my account does not arrive",
        "How do I protect myself against scams?",
        "Do you have a Telegram channel?",
        "Do you ever call your customers?",
        "上课时可以共享屏幕吗？",
        "怎么修改密码？",
        "收不到验证码怎么办",
        "如何防止被骗？",
        "上課時可以分享螢幕嗎？",
        "茶教室で画面共有はできますか",
        "パスワードを変更したいです",
        "認証コードが届きません",
        "詐欺に遭わないためにはどうすればいいですか",
        "수업 중에 화면 공유가 되나요?",
        "비밀번호를 바꾸고 싶어요",
        "인증번호가 안 와요",
        "사기를 예방하려면 어떻게 해야 하나요?",
    ] {
        let reply = visitor.asks(text).await;
        let is_report =
            reply["decision"] == json!("escalate") && reply["reason"] == json!("fraud_report");
        assert!(!is_report, "{text}: {reply}");
        let read = mondo::safety::Signals::read(text);
        assert!(!read.is_urgent(), "{text}: {read:?}");
    }
}
