//! Words that say how something is asked and not what about, in four languages.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::language::normalize_for_matching;

/// Chinese characters that are grammar when they stand alone.
pub(super) const ONE_CHARACTER_GRAMMAR: &str = "的了吗呢吧啊呀嘛么我你您他她它们这那哪是有在和跟与或也都还就才又再很太更最不没别把被给对从向到为以所其个些些下上里外中后前时次几多少能可会要想请问让叫说去来做用好得地着过";

/// Grammar, courtesy, and verbs and nouns that fit any matter; without apostrophes.
const ENGLISH: &str = "\
    a an the and or but if so then than as at by for from in into of off on onto out over to up with without about \
    after before between during until till while since because though although i im ive id ill me my mine myself \
    you your yours he him his she her it its we us our they them their this that these those there here who whom \
    whose which what whats when where why how hows am is are was were be been being do does did doing done have has \
    had having can could may might must shall should will would cant cannot dont doesnt didnt isnt arent wasnt wont \
    wouldnt couldnt havent hasnt not no nor yes all any anyone anything some someone something every each both \
    either neither none nothing one two other others another such same own more most less least much many few lot \
    lots bit only just also too very really quite still already yet again ever never always now soon later today \
    yesterday tomorrow please pls thanks thank hi hello hey dear sorry ok okay well oh um want wants wanted need \
    needs like know tell say said says see get got getting gets give gave go going goes gone went come comes came \
    make makes made take takes took let put try tried trying use using used find look looking think mean means help \
    explain show ask work works working happen happens happened possible way thing things stuff guy guys long time \
    day days new good right wrong different even instead actually basically currently exactly etc eg vs per via \
    question problem issue kind sort people person somebody everything sure supposed able seem seems keep keeps \
    keeping start started first last second third hit gives returns next old big small little back around away down \
    ours theirs yourself itself themselves everybody nobody whatever whenever wherever however anyway maybe perhaps \
    probably else once twice almost nearly enough usually normally often sometimes suddenly immediately quickly \
    asap urgent urgently recently lately earlier ago btw thx plz lol wonder wondering curious hope hoping wish \
    guess believe feel thought idea advice advise regarding concerning apparently somehow kindly simply literally \
    honestly gonna wanna gotta lemme kinda anybody folks mate bro sir madam appreciate grateful confused understand \
    figure unable told saying reason reasons step steps info information detail details trouble difficulty \
    struggling whens wheres";

/// Runs of characters.
const CHINESE: &str = "\
    请问 怎么样 怎么办 怎么 怎样 如何 什么 为什么 为啥 哪里 哪儿 哪个 哪些 多少 多久 什么时候 可以 可不可以 能不能 \
    是不是 有没有 会不会 能否 是否 需要 想要 应该 告诉 知道 一下 一直 已经 还是 或者 但是 因为 所以 如果 然后 现在 \
    今天 昨天 明天 刚才 我们 你们 他们 自己 这个 那个 这样 那样 这里 那里 谢谢 你好 您好 麻烦 帮忙 帮我 问题 办法 \
    方法 时候 东西 事情 地方 情况 觉得 看看 看到 出现 发现 进行 完成 返回 显示 提示 一个 一些 两个 不能 不了 不会 \
    没有 不是 无法 不到 操作 具体 到底 究竟 真的 非常 特别 其他 其它 希望 请教 咨询 求助 老是 总是 突然 忽然 刚刚 \
    最近 前天 赶紧 尽快 马上 立刻 有点 有些 好像 似乎 大概 可能 必须 打算 准备 试试 试过 试了 咋办 咋样 为何 何时 \
    多长 多大 多快 几个 几次 每次 依然 仍然 还没 通常 其实 反正 居然 竟然 原来 本来 大家 不好意思 打扰 贵司 这边 \
    那边 是什么 怎么回事 为什么会 一会儿 半天 好久 很久 第一次 之前 以前 之后 以后 步骤 详细 相关 关于 有关 了解 \
    清楚 明白 不懂 着急 各位 请求 每天 全部 所有";

/// Runs of Chinese characters, without the letters that end them.
const JAPANESE: &str = "\
    何 方法 場合 時 今 私 自分 今日 昨日 明日 人 方 事 物 所 前 後 中 上 下 使 教 出 来 行 見 言 思 分 必要 可能 \
    大丈夫 問題 理由 願 一 二 度 回 際 件 以上 以下 以外 全部 一度 最近 先 同 日数 期間 時間 手順 詳細 内容 欲 知 \
    聞 早 急 少 多 他 別 困 助 突然 現在 毎回 何度 何回 何日 何時 何分 何故 何処 誰 皆 皆様 質問 希望 状況 \
    原因 本当 実際 普通 数日 数時間 先日 先程 今回 前回 次回 今後 最初 最後 非常 結局 一体 一番 自体 感 気 点 様子 \
    様 者 至急 大至急 本日 翌日 毎日 毎週 貴社 御社 弊社 当方 簡単 正確 無理 関連";

/// How words begin that only ask.
const KOREAN: &str = "\
    어떻 어떡 무엇 무슨 어디 언제 얼마 누구 어느 어떤 왜 뭐 뭘 몇 저는 제가 저희 나는 내가 그것 이것 저것 그거 이거 \
    그런 이런 그리 그래 그러 하지 하면 하나 하는 하고 해야 해주 할수 있나 있는 있을 있어 있습 있다 없나 없는 없어 \
    없다 되나 되는 됩니 돼요 됐어 안돼 않아 않는 알려 알고 싶어 싶은 싶습 주세 주나 좀 정말 진짜 너무 아주 지금 \
    오늘 어제 내일 방법 경우 문제 가능 필요 때문 혹시 그냥 다시 계속 자꾸 이미 아직 모두 다른 같은 대해 위해 통해 \
    보니 보고 부탁 감사 안녕 궁금 질문 문의 걸리 걸려 걸릴 걸린 되었 될까 됐는 됐나 해요 해도 했어 했는 했더 하려 \
    할까 합니 와요 왔어 왔는 오나 드려 드리 드립 주시 인가 건가 거예 갑자 도대체 원래 그동안 방금 아까 이제 벌써 \
    빨리 급해 급하 혹은 그러면 그럼 근데 그런데 하지만 일단 처음 나중 이후 이전 얼른 제발 어째 왠지 아마 싶다 싶네 \
    원해 원하 바랍 말해 말씀 누가 누군 이유 언젠 저기 여기 거기 이게 그게 저게 도와 설명 자세 모르겠 모릅 이해 헷갈 \
    간단 쉽게 당장 매번 항상 가끔 여러 조금 많이";

/// English and Japanese words, and Chinese ones that are cut apart from others; folded as texts are for matching.
static WHOLE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = [ENGLISH, CHINESE, JAPANESE].into_iter();
    words
        .flat_map(str::split_whitespace)
        .map(normalize_for_matching)
        .collect()
});

/// The empty words of Chinese, folded, longer ones first: `可不可以` holds `可以`.
pub(super) static CHINESE_RUNS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut words: Vec<String> = CHINESE
        .split_whitespace()
        .map(normalize_for_matching)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

/// Tells whether a folded word is an empty one of English, Chinese or Japanese.
pub(super) fn is_empty(word: &str) -> bool {
    WHOLE.contains(word)
}

/// Tells whether a folded Korean word begins as those do that only ask.
pub(super) fn only_asks(word: &str) -> bool {
    KOREAN
        .split_whitespace()
        .any(|start| word.starts_with(start))
}
