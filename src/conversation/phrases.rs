//! What the bot and the desk say in their own words, in the four languages.
//!
//! Every sentence holds before a ticket exists as well as after: what was done is said by a [`SystemNote`].

use super::{BotDecision, BotReply, TicketNumber};
use crate::language::Language;
use crate::pipeline::EscalationReason;

/// What the desk says in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemNote {
    /// A person will answer, under this number.
    TicketOpened(TicketNumber),
    /// The matter waits for a person already; what was just written joins it.
    AddedToTicket(TicketNumber),
    /// This person answers from now on.
    AgentJoined {
        /// The name shown to visitors.
        name: String,
    },
    /// Nobody holds the conversation any more; it waits for the next person.
    BackInQueue(TicketNumber),
    /// The bot answers again; the ticket stays open.
    ReturnedToBot,
    /// The matter is settled.
    Closed,
    /// The visitor did not come back.
    ClosedForSilence,
    /// A settled matter is taken up again by this person.
    Reopened {
        /// The name shown to visitors.
        name: String,
    },
}

/// One wording in each language, in the order of [`Language::ALL`].
struct Wording([&'static str; 4]);

impl Wording {
    fn of(&self, language: Language) -> &'static str {
        self.0[language.index()]
    }
}

/// Says what the desk did.
pub fn phrase_note(note: &SystemNote, language: Language) -> String {
    let said = |wording: &Wording| wording.of(language).to_owned();
    let numbered = |wording: &Wording, number: &TicketNumber| {
        said(wording).replace("{number}", &number.to_string())
    };
    match note {
        SystemNote::TicketOpened(number) => numbered(&TICKET_OPENED, number),
        SystemNote::AddedToTicket(number) => numbered(&ADDED_TO_TICKET, number),
        SystemNote::AgentJoined { name } => said(&AGENT_JOINED).replace("{name}", name),
        SystemNote::BackInQueue(number) => numbered(&BACK_IN_QUEUE, number),
        SystemNote::ReturnedToBot => said(&RETURNED_TO_BOT),
        SystemNote::Closed => said(&CLOSED),
        SystemNote::ClosedForSilence => said(&CLOSED_FOR_SILENCE),
        SystemNote::Reopened { name } => said(&REOPENED).replace("{name}", name),
    }
}

/// Says in one sentence what the visitor is looking at: an answer, a choice, or the reason a person is needed.
pub fn reply_message(reply: &BotReply) -> &'static str {
    let wording = match &reply.decision {
        BotDecision::Answer { answer, .. } if answer.other_language_label => &OTHER_LANGUAGE,
        BotDecision::Answer {
            offer_person: Some(reason),
            ..
        } => offer_wording(*reason),
        BotDecision::Answer { .. } => &FOUND,
        BotDecision::Clarify { .. } => &WHICH_ONE,
        BotDecision::Escalate { reason, .. } => escalation_wording(*reason),
    };
    wording.of(reply.language)
}

/// Says a whole reply as plain text, for transcripts and for channels that show nothing else.
pub fn phrase_reply(reply: &BotReply) -> String {
    let message = reply_message(reply);
    match &reply.decision {
        BotDecision::Answer {
            answer,
            offer_person: None,
        } if !answer.other_language_label => answer.text.clone(),
        BotDecision::Answer { answer, .. } => format!("{}\n\n{message}", answer.text),
        BotDecision::Clarify { options } => {
            let titles = options.iter().map(|option| format!("\n- {}", option.title));
            titles.fold(message.to_owned(), |text, title| text + &title)
        }
        BotDecision::Escalate {
            first_aid: Some(answer),
            ..
        } => format!("{message}\n\n{}", answer.text),
        BotDecision::Escalate {
            first_aid: None, ..
        } => message.to_owned(),
    }
}

const FOUND: Wording = Wording([
    "Here is what I found.",
    "为您找到以下内容。",
    "こちらの内容が見つかりました。",
    "다음 내용을 찾았습니다.",
]);

const WHICH_ONE: Wording = Wording([
    "Which of these do you mean?",
    "请问您想了解的是哪一个？",
    "次のどれについてのご質問でしょうか？",
    "다음 중 어떤 내용이 궁금하신가요?",
]);

const OTHER_LANGUAGE: Wording = Wording([
    "This article is not available in English yet, so it is shown in another language.",
    "这篇内容暂时没有中文版，以下以其他语言显示。",
    "この内容はまだ日本語版がないため、ほかの言語で表示しています。",
    "이 내용은 아직 한국어로 제공되지 않아 다른 언어로 보여 드립니다.",
]);

const TICKET_OPENED: Wording = Wording([
    "I have opened ticket {number}. A person will read this conversation and answer you here.",
    "已为您创建工单 {number}。客服人员会查看本次对话，并在这里回复您。",
    "お問い合わせ番号 {number} で受け付けました。担当者がこの会話を確認し、こちらで返信いたします。",
    "문의 번호 {number}로 접수되었습니다. 담당자가 이 대화를 확인한 뒤 여기에서 답변드립니다.",
]);

const ADDED_TO_TICKET: Wording = Wording([
    "Your message has been added to ticket {number}. A person will answer you here.",
    "您的消息已添加到工单 {number}，客服人员会在这里回复您。",
    "メッセージをお問い合わせ {number} に追加しました。担当者がこちらで返信いたします。",
    "메시지가 문의 {number}에 추가되었습니다. 담당자가 여기에서 답변드립니다.",
]);

const AGENT_JOINED: Wording = Wording([
    "{name} has joined and will answer you from here.",
    "{name} 已加入对话，接下来由其为您解答。",
    "担当の{name}が対応いたします。",
    "{name} 담당자가 연결되어 이제부터 답변드립니다.",
]);

const BACK_IN_QUEUE: Wording = Wording([
    "The person who was here had to step away. Your ticket {number} is back in the queue, and the next person will read everything above.",
    "刚才的客服人员暂时离开。您的工单 {number} 已回到队列，下一位客服会看到以上全部内容。",
    "担当者が席を外したため、お問い合わせ {number} は受付待ちに戻りました。次の担当者がこれまでの内容をすべて確認いたします。",
    "담당자가 자리를 비워 문의 {number}이(가) 대기열로 돌아갔습니다. 다음 담당자가 위 내용을 모두 확인합니다.",
]);

const RETURNED_TO_BOT: Wording = Wording([
    "From here on the assistant answers again. You can ask for a person at any time.",
    "接下来由智能助手继续为您解答，您可以随时要求转人工。",
    "ここからは自動応答がお答えします。担当者へはいつでもおつなぎできます。",
    "이제부터는 챗봇이 답변드립니다. 언제든지 담당자를 요청하실 수 있습니다.",
]);

const CLOSED: Wording = Wording([
    "This conversation is closed. Write again at any time if something is still open.",
    "本次对话已结束。如果还有问题，随时可以继续留言。",
    "この会話は終了しました。ほかにご不明な点があれば、いつでもこちらにお書きください。",
    "이 대화는 종료되었습니다. 더 궁금한 점이 있으면 언제든지 다시 남겨 주세요.",
]);

const CLOSED_FOR_SILENCE: Wording = Wording([
    "We have not heard from you for a while, so this conversation is closed. Write again at any time.",
    "由于一段时间没有收到您的回复，本次对话已结束。您可以随时再次留言。",
    "しばらくご返信がなかったため、この会話を終了しました。いつでもまたお書きください。",
    "한동안 답변이 없어 이 대화를 종료했습니다. 언제든지 다시 남겨 주세요.",
]);

const REOPENED: Wording = Wording([
    "{name} has taken this up again.",
    "{name} 已重新跟进您的问题。",
    "担当の{name}がこの件の対応を再開しました。",
    "{name} 담당자가 이 문의를 다시 확인하고 있습니다.",
]);

/// Beside an answer.
fn offer_wording(reason: EscalationReason) -> &'static Wording {
    match reason {
        EscalationReason::FraudReport => &OFFER_FRAUD,
        EscalationReason::Regulated => &OFFER_REGULATED,
        _ => &OFFER_PERSONAL,
    }
}

const OFFER_PERSONAL: Wording = Wording([
    "If this is about your own case, a person can look into it.",
    "如果是您个人的具体情况，可以转人工为您查询。",
    "ご自身の個別の状況については、担当者がお調べできます。",
    "본인의 개별 건이라면 담당자가 확인해 드릴 수 있습니다.",
]);

const OFFER_FRAUD: Wording = Wording([
    "If this has happened to you, talk to a person right away.",
    "如果您已经遇到这种情况，请立即转人工处理。",
    "すでに被害に遭われた場合は、すぐに担当者へご連絡ください。",
    "이미 피해를 입으셨다면 바로 담당자에게 알려 주세요.",
]);

const OFFER_REGULATED: Wording = Wording([
    "This is general information; a person can tell you what applies to you.",
    "以上为一般信息，具体适用情况可由客服人员为您说明。",
    "これは一般的な情報です。個別の適用については担当者がご案内します。",
    "이는 일반적인 안내이며, 개별 적용 여부는 담당자가 설명해 드립니다.",
]);

/// Instead of an answer, or before first aid.
fn escalation_wording(reason: EscalationReason) -> &'static Wording {
    match reason {
        EscalationReason::NothingFound => &NOTHING_FOUND,
        EscalationReason::LowConfidence => &LOW_CONFIDENCE,
        EscalationReason::PersonRequested => &PERSON_REQUESTED,
        EscalationReason::PersonalCase => &PERSONAL_CASE,
        EscalationReason::FraudReport => &FRAUD_REPORT,
        EscalationReason::Regulated => &REGULATED,
        EscalationReason::LanguageMissing => &LANGUAGE_MISSING,
        EscalationReason::LanguageNotServed => &LANGUAGE_NOT_SERVED,
    }
}

const NOTHING_FOUND: Wording = Wording([
    "I found nothing about this, so a person should answer it.",
    "我没有找到相关内容，这个问题需要由客服人员解答。",
    "該当する内容が見つからないため、担当者がお答えします。",
    "관련 내용을 찾지 못해 담당자의 답변이 필요합니다.",
]);

const LOW_CONFIDENCE: Wording = Wording([
    "I am not sure enough of an answer, so a person should answer this.",
    "我没有十足把握，这个问题需要由客服人员解答。",
    "確かな回答ができないため、担当者がお答えします。",
    "확실한 답변을 드리기 어려워 담당자의 답변이 필요합니다.",
]);

const PERSON_REQUESTED: Wording = Wording([
    "Of course, a person can take over.",
    "好的，可以由客服人员为您服务。",
    "承知しました。担当者が対応いたします。",
    "네, 담당자가 도와드리겠습니다.",
]);

const PERSONAL_CASE: Wording = Wording([
    "This is about your own case, so a person has to look into it.",
    "这涉及您个人的具体情况，需要由客服人员为您查询。",
    "個別の状況の確認が必要なため、担当者がお調べします。",
    "개별 확인이 필요한 내용이라 담당자가 살펴봐야 합니다.",
]);

const FRAUD_REPORT: Wording = Wording([
    "I am sorry this happened; a person should take care of it right away.",
    "很抱歉您遇到这种情况，需要由客服人员立即处理。",
    "大変な思いをされましたね。担当者がすぐに対応する必要があります。",
    "불편을 겪으셔서 유감입니다. 담당자가 바로 처리해야 하는 내용입니다.",
]);

const REGULATED: Wording = Wording([
    "Only a person may answer this.",
    "这个问题只能由客服人员解答。",
    "このご質問には担当者のみがお答えできます。",
    "이 질문은 담당자만 답변할 수 있습니다.",
]);

const LANGUAGE_MISSING: Wording = Wording([
    "There is no approved answer in English yet, so a person should answer this.",
    "这个问题暂时没有经确认的中文答案，需要由客服人员解答。",
    "確認済みの日本語の回答がまだないため、担当者がお答えします。",
    "아직 확인된 한국어 답변이 없어 담당자의 답변이 필요합니다.",
]);

const LANGUAGE_NOT_SERVED: Wording = Wording([
    "I can answer in English, 中文, 日本語 and 한국어; for other languages a person can help.",
    "我可以用中文、English、日本語、한국어回答，其他语言可由客服人员协助。",
    "日本語、English、中文、한국어でお答えできます。ほかの言語は担当者がお手伝いします。",
    "한국어, English, 中文, 日本語로 답변할 수 있으며, 다른 언어는 담당자가 도와드립니다.",
]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{AnswerId, Timestamp};
    use crate::pipeline::Confidence;

    const REASONS: [EscalationReason; 8] = [
        EscalationReason::NothingFound,
        EscalationReason::LowConfidence,
        EscalationReason::PersonRequested,
        EscalationReason::PersonalCase,
        EscalationReason::FraudReport,
        EscalationReason::Regulated,
        EscalationReason::LanguageMissing,
        EscalationReason::LanguageNotServed,
    ];

    #[test]
    fn every_reason_is_told_in_the_visitors_language() {
        let is_in = |text: &str, language| match language {
            Language::English => text.is_ascii() || text.contains("English"),
            Language::Chinese => text.contains(['您', '客', '我', '人']),
            Language::Japanese => text.chars().any(crate::language::is_kana),
            Language::Korean => text.chars().any(crate::language::is_hangul),
        };
        for language in Language::ALL {
            for reason in REASONS {
                let reply = BotReply {
                    answer: AnswerId::generate(Timestamp::from_millis(0)),
                    decision: BotDecision::Escalate {
                        reason,
                        first_aid: None,
                    },
                    language,
                    confidence: Confidence(0.1),
                    subject: None,
                };
                let text = phrase_reply(&reply);
                assert!(is_in(&text, language), "{reason:?} {language}: {text}");
            }
        }
    }

    #[test]
    fn notes_name_ticket_and_person_in_every_language() {
        let number = TicketNumber(7);
        let name = || "Sora".to_owned();
        for language in Language::ALL {
            for (note, named) in [
                (SystemNote::TicketOpened(number), "M-000007"),
                (SystemNote::AddedToTicket(number), "M-000007"),
                (SystemNote::BackInQueue(number), "M-000007"),
                (SystemNote::AgentJoined { name: name() }, "Sora"),
                (SystemNote::Reopened { name: name() }, "Sora"),
                (SystemNote::ReturnedToBot, ""),
                (SystemNote::Closed, ""),
                (SystemNote::ClosedForSilence, ""),
            ] {
                let text = phrase_note(&note, language);
                assert!(text.contains(named) && !text.contains('{'), "{text}");
            }
        }
    }
}
