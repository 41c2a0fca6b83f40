//! The same everyday sentences in each language, to see what a vector says of its language alone.
//!
//! They are about nothing in common, so that their mean has no subject; and they mean the same in each language, so that
//! what differs between the means is the language.

/// A sentence in each language, in the order of [`Language::ALL`](crate::language::Language::ALL).
pub(super) const NEUTRAL: [[&str; 4]; 24] = [
    [
        "How do I change my address?",
        "怎么修改我的地址？",
        "住所を変更するにはどうすればいいですか？",
        "주소를 변경하려면 어떻게 하나요?",
    ],
    [
        "When does the shop open tomorrow?",
        "明天商店几点开门？",
        "明日、お店は何時に開きますか？",
        "내일 가게는 몇 시에 여나요?",
    ],
    [
        "The parcel arrived yesterday.",
        "包裹昨天到了。",
        "荷物は昨日届きました。",
        "소포가 어제 도착했습니다.",
    ],
    [
        "I forgot my password.",
        "我忘记密码了。",
        "パスワードを忘れました。",
        "비밀번호를 잊어버렸어요.",
    ],
    [
        "Can children use this too?",
        "小孩也可以用吗？",
        "子どもも使えますか？",
        "아이들도 사용할 수 있나요?",
    ],
    [
        "The train was late because of the snow.",
        "因为下雪，火车晚点了。",
        "雪のせいで電車が遅れました。",
        "눈 때문에 기차가 늦었습니다.",
    ],
    [
        "What documents do I need?",
        "需要准备哪些材料？",
        "どんな書類が必要ですか？",
        "어떤 서류가 필요한가요?",
    ],
    [
        "This soup tastes a little salty.",
        "这个汤有点咸。",
        "このスープは少ししょっぱいです。",
        "이 국은 조금 짜요.",
    ],
    [
        "Why is the screen black?",
        "为什么屏幕是黑的？",
        "どうして画面が真っ暗なのですか？",
        "화면이 왜 까맣게 나오나요?",
    ],
    [
        "You can pay by card or in cash.",
        "可以刷卡，也可以付现金。",
        "カードでも現金でもお支払いいただけます。",
        "카드나 현금으로 결제할 수 있습니다.",
    ],
    [
        "My sister plays the piano very well.",
        "我妹妹钢琴弹得很好。",
        "妹はピアノがとても上手です。",
        "제 여동생은 피아노를 아주 잘 쳐요.",
    ],
    [
        "Where can I see the results?",
        "在哪里可以看到结果？",
        "結果はどこで見られますか？",
        "결과는 어디에서 볼 수 있나요?",
    ],
    [
        "Press the button and wait a few seconds.",
        "按下按钮，等几秒钟。",
        "ボタンを押して、数秒お待ちください。",
        "버튼을 누르고 몇 초 기다리세요.",
    ],
    [
        "How much does it cost per month?",
        "每个月多少钱？",
        "一か月いくらですか？",
        "한 달에 얼마인가요?",
    ],
    [
        "The library is next to the park.",
        "图书馆在公园旁边。",
        "図書館は公園の隣にあります。",
        "도서관은 공원 옆에 있습니다.",
    ],
    [
        "I would like to cancel it.",
        "我想取消。",
        "キャンセルしたいのですが。",
        "취소하고 싶습니다.",
    ],
    [
        "Is there a limit on how many I can have?",
        "数量有限制吗？",
        "数に制限はありますか？",
        "개수에 제한이 있나요?",
    ],
    [
        "The doctor said to rest for two days.",
        "医生说要休息两天。",
        "お医者さんに二日間休むように言われました。",
        "의사가 이틀 동안 쉬라고 했어요.",
    ],
    [
        "What is the difference between the two?",
        "这两个有什么区别？",
        "この二つの違いは何ですか？",
        "두 가지의 차이는 무엇인가요?",
    ],
    [
        "They moved to a bigger house last year.",
        "他们去年搬到了更大的房子。",
        "彼らは去年、もっと大きな家に引っ越しました。",
        "그들은 작년에 더 큰 집으로 이사했습니다.",
    ],
    [
        "It still does not work after restarting.",
        "重启之后还是不行。",
        "再起動しても動きません。",
        "다시 시작해도 여전히 안 돼요.",
    ],
    [
        "Who may take part in the event?",
        "谁可以参加活动？",
        "イベントには誰が参加できますか？",
        "행사에는 누가 참가할 수 있나요?",
    ],
    [
        "Please send the file again in another format.",
        "请用另一种格式重新发送文件。",
        "ファイルを別の形式でもう一度送ってください。",
        "파일을 다른 형식으로 다시 보내 주세요.",
    ],
    [
        "How long does it take to grow?",
        "要长多久？",
        "育つまでどのくらいかかりますか？",
        "자라는 데 얼마나 걸리나요?",
    ],
];
