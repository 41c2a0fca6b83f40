//! Sentences about problems and labels, in the four languages; the compiler sees to it that no language lacks one.
//!
//! What the bot itself says stands in [`crate::conversation`].

use crate::language::Language;

use super::problem::ProblemKind;

/// One sentence in each language, in the order of [`Language::ALL`]: English, Chinese, Japanese, Korean.
pub(super) type Wording = [&'static str; 4];

/// Picks the language.
pub(super) fn said_in(language: Language, wording: Wording) -> &'static str {
    wording[language.index()]
}

/// Tells that an answer stands in another language than the visitor's.
pub(super) fn label_of(shown: Language, visitor: Language) -> &'static str {
    let wording: Wording = match shown {
        Language::English => [
            "This answer is in English.",
            "这条回答目前只有英文版。",
            "この回答は英語のみです。",
            "이 답변은 영어로만 제공됩니다.",
        ],
        Language::Chinese => [
            "This answer is available in Chinese only.",
            "这条回答是中文的。",
            "この回答は中国語のみです。",
            "이 답변은 중국어로만 제공됩니다.",
        ],
        Language::Japanese => [
            "This answer is available in Japanese only.",
            "这条回答目前只有日文版。",
            "この回答は日本語です。",
            "이 답변은 일본어로만 제공됩니다.",
        ],
        Language::Korean => [
            "This answer is available in Korean only.",
            "这条回答目前只有韩文版。",
            "この回答は韓国語のみです。",
            "이 답변은 한국어입니다.",
        ],
    };
    said_in(visitor, wording)
}

/// Says what went wrong and what the visitor can do.
pub(super) fn problem(kind: ProblemKind) -> Wording {
    match kind {
        ProblemKind::QuestionEmpty => [
            "Please type your question.",
            "请输入您的问题。",
            "ご質問を入力してください。",
            "질문을 입력해 주세요.",
        ],
        ProblemKind::QuestionTooLong => [
            "That is a little long. Please shorten your question.",
            "内容有点长，请把问题缩短一些。",
            "文章が長すぎます。短くしてもう一度お送りください。",
            "질문이 너무 길어요. 조금 줄여서 다시 보내 주세요.",
        ],
        ProblemKind::QuestionWithoutWords => [
            "I see no words there. Please ask in a few words.",
            "没有看到文字，请用几个字描述您的问题。",
            "文字が見当たりません。言葉でご質問ください。",
            "글자가 보이지 않아요. 몇 단어로 질문해 주세요.",
        ],
        ProblemKind::BadRequest
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::MethodNotAllowed => [
            "Something went wrong on this page. Please reload it and try again.",
            "页面出了点问题，请刷新后重试。",
            "ページで問題が発生しました。再読み込みしてもう一度お試しください。",
            "페이지에 문제가 생겼어요. 새로고침한 뒤 다시 시도해 주세요.",
        ],
        ProblemKind::BodyTooLarge => [
            "That is too much text for one message. Please send less.",
            "一次发送的内容太多，请精简后再发。",
            "一度に送れる量を超えています。内容を減らしてお送りください。",
            "한 번에 보내기에는 내용이 너무 많아요. 줄여서 보내 주세요.",
        ],
        ProblemKind::NotFound => [
            "We could not find this. Please start a new conversation.",
            "没有找到相关内容，请重新开始对话。",
            "見つかりませんでした。新しい会話を始めてください。",
            "찾을 수 없어요. 새 대화를 시작해 주세요.",
        ],
        ProblemKind::SignInNeeded => [
            "Please sign in. If you just did, check address, password and code, and wait a minute before trying again.",
            "请先登录。如果刚刚登录失败，请检查账号、密码和验证码，稍等一分钟后再试。",
            "ログインしてください。失敗した場合はメールアドレス、パスワード、認証コードを確認し、1分ほど待ってからお試しください。",
            "로그인해 주세요. 방금 실패했다면 주소, 비밀번호, 인증 코드를 확인하고 1분 뒤에 다시 시도해 주세요.",
        ],
        ProblemKind::Forbidden => [
            "You are not allowed to do this. Ask an administrator.",
            "您没有此操作的权限，请联系管理员。",
            "この操作の権限がありません。管理者にご相談ください。",
            "이 작업을 할 권한이 없어요. 관리자에게 문의해 주세요.",
        ],
        ProblemKind::MovedOn => [
            "Somebody else was faster. Please look at the conversation again.",
            "对话状态已被他人更改，请重新查看。",
            "ほかの担当者が先に操作しました。会話をもう一度ご確認ください。",
            "다른 담당자가 먼저 처리했어요. 대화를 다시 확인해 주세요.",
        ],
        ProblemKind::Conflict => [
            "This was already sent in another form. Please reload the page.",
            "该请求已以不同内容提交过，请刷新页面。",
            "別の内容ですでに送信されています。ページを再読み込みしてください。",
            "이미 다른 내용으로 전송되었어요. 페이지를 새로고침해 주세요.",
        ],
        ProblemKind::Busy => [
            "Many people are asking right now. Please try again in a moment.",
            "当前咨询人数较多，请稍候再试。",
            "ただいま混み合っています。少し待ってからもう一度お試しください。",
            "지금 문의가 많아요. 잠시 후 다시 시도해 주세요.",
        ],
        ProblemKind::TimedOut => [
            "This took too long. Please try again.",
            "处理超时，请重试。",
            "時間がかかりすぎたため中断しました。もう一度お試しください。",
            "시간이 너무 오래 걸렸어요. 다시 시도해 주세요.",
        ],
        ProblemKind::Unavailable => [
            "Your message could not be saved just now. Please try again in a few minutes.",
            "暂时无法保存您的消息，请过几分钟再试。",
            "現在メッセージを保存できません。数分後にもう一度お試しください。",
            "지금은 메시지를 저장할 수 없어요. 몇 분 뒤 다시 시도해 주세요.",
        ],
        ProblemKind::Internal => [
            "Something went wrong on our side. Please try again.",
            "我们这边出了点问题，请重试。",
            "システムで問題が発生しました。もう一度お試しください。",
            "저희 쪽에 문제가 생겼어요. 다시 시도해 주세요.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_language_lacks_a_sentence_or_borrows_anothers() {
        let problems = ProblemKind::ALL.into_iter().map(problem);
        let labels =
            Language::ALL.map(|shown| Language::ALL.map(|visitor| label_of(shown, visitor)));
        for wording in problems.chain(labels) {
            let [english, chinese, japanese, korean] = wording;
            assert!(english.is_ascii() && !english.is_empty(), "{english}");
            assert!(korean.chars().any(crate::language::is_hangul), "{korean}");
            assert!(japanese.chars().any(crate::language::is_kana), "{japanese}");
            assert!(chinese.chars().any(crate::language::is_han), "{chinese}");
            assert!(!chinese.chars().any(crate::language::is_kana), "{chinese}");
        }
    }
}
