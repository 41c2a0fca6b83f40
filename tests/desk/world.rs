//! A desk over a fictional shop's articles, and its visitors.

use std::collections::BTreeMap;
use std::sync::Arc;

use mondo::conversation::{Conversation, Exchange, NewConversation, Ticket};
use mondo::desk::{AskContext, Desk, DeskError, DeskSettings, IdempotencyKey};
use mondo::encoder::{Embedding, Encoder, TextRole, TokenWeights};
use mondo::ids::ConversationId;
use mondo::knowledge::{
    Article, ArticleId, Intent, KnowledgeBase, LanguagePolicy, Revision, Severity, Translation,
};
use mondo::language::{Detector, Language};
use mondo::locale::Locale;
use mondo::pipeline::{Engine, Fusion, Routing, Snapshot, Thresholds, asked_words};
use mondo::safety::Words;
use mondo::staff::{Agent, NewAgent, PasswordHash, Role};
use mondo::store::Store;
use mondo::time::Timestamp;

/// The moment at which everything here happens.
pub fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

pub fn question(text: &str) -> Words {
    asked_words(text).expect("a question of the tests has words")
}

pub fn key(text: &str) -> Option<IdempotencyKey> {
    Some(text.parse().expect("a key of the tests is long enough"))
}

/// A desk with a file of its own.
pub struct World {
    pub desk: Arc<Desk>,
    store: Store,
    folder: tempfile::TempDir,
}

impl World {
    /// Every question with a candidate is answered.
    pub async fn sure() -> Self {
        Self::with_thresholds(0.0, 0.0).await
    }

    /// No question is answered by the bot.
    pub async fn unsure() -> Self {
        Self::with_thresholds(2.0, 2.0).await
    }

    /// As sure, with its engine, whose knowledge can be replaced.
    pub async fn with_engine() -> (Self, Arc<Engine>) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = open_store(folder.path()).await;
        let engine = engine_of(0.0, 0.0, Routing::default());
        let desk = Arc::new(desk_of(store.clone(), Arc::clone(&engine)));
        let world = Self {
            desk,
            store,
            folder,
        };
        (world, engine)
    }

    /// Every question with two candidates is asked back.
    pub async fn asking_back() -> Self {
        Self::with_thresholds(2.0, 0.0).await
    }

    /// Whoever runs the shop wants other things done with articles than usual.
    pub async fn with_routing(routing: Routing) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = open_store(folder.path()).await;
        let desk = Arc::new(desk_routing(store.clone(), 0.0, 0.0, routing));
        Self {
            desk,
            store,
            folder,
        }
    }

    async fn with_thresholds(answer: f32, clarify: f32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = open_store(folder.path()).await;
        let desk = Arc::new(desk_over(store.clone(), answer, clarify));
        Self {
            desk,
            store,
            folder,
        }
    }

    /// Stops and starts again on the same file.
    pub async fn restarted(self) -> Self {
        let Self {
            desk,
            store,
            folder,
        } = self;
        drop((desk, store));
        let store = open_store(folder.path()).await;
        let desk = Arc::new(desk_over(store.clone(), 0.0, 0.0));
        Self {
            desk,
            store,
            folder,
        }
    }

    /// A second desk on the same file, as another process would have it.
    pub async fn beside(&self) -> Desk {
        desk_over(open_store(self.folder.path()).await, 0.0, 0.0)
    }

    /// A member of staff.
    pub async fn agent(&self, email: &str, role: Role) -> Agent {
        let name = email.split('@').next().unwrap_or_default();
        let new = NewAgent::new(email, name, role).expect("an account of the tests is valid");
        let hash = PasswordHash::stored("nobody signs in here".to_owned());
        let added = self
            .store
            .add_agent(new, hash, "operator".to_owned(), now())
            .await;
        added.expect("the address is free")
    }

    /// Signs for what was recorded, and returns where the head of the record has to lie.
    pub async fn signs_the_record(&self) -> std::path::PathBuf {
        let signed = self.store.checkpoint(now()).await.expect("signed");
        assert!(signed.is_some(), "something was recorded");
        self.folder.path().join("record.head")
    }

    /// A visitor whose page is in a language.
    pub async fn visitor(&self, page: Language) -> Visitor {
        let new = NewConversation {
            page: Some(Locale::of(page)),
            ..NewConversation::default()
        };
        let Conversation { id, .. } = self
            .desk
            .visitors
            .open_conversation(new, None, now())
            .await
            .expect("opened");
        Visitor {
            desk: Arc::clone(&self.desk),
            id,
        }
    }
}

async fn open_store(folder: &std::path::Path) -> Store {
    crate::database::store_in(folder, now()).await
}

fn desk_over(store: Store, answer: f32, clarify: f32) -> Desk {
    desk_routing(store, answer, clarify, Routing::default())
}

fn desk_routing(store: Store, answer: f32, clarify: f32, routing: Routing) -> Desk {
    desk_of(store, engine_of(answer, clarify, routing))
}

/// An engine over the shop's articles, and thresholds of its own.
fn engine_of(answer: f32, clarify: f32, routing: Routing) -> Arc<Engine> {
    let mut thresholds = Thresholds {
        clarify,
        option_share: 0.0,
        ..Thresholds::default()
    };
    let answers = &mut thresholds.answer;
    (answers.en, answers.zh, answers.ja, answers.ko) = (answer, answer, answer, answer);
    let encoder: Arc<dyn Encoder> = Arc::new(LetterPairs);
    let snapshot = snapshot();
    let fusion = Fusion::built_in().expect("the built-in fusion is tested");
    Arc::new(Engine::new(
        Detector::new(),
        encoder,
        fusion,
        snapshot,
        thresholds,
        routing,
    ))
}

/// The shop's articles, ready to be searched.
pub fn snapshot() -> Snapshot {
    Snapshot::build(knowledge(), &LetterPairs).expect("three articles can be indexed")
}

fn desk_of(store: Store, engine: Arc<Engine>) -> Desk {
    Desk::new(
        engine,
        store,
        DeskSettings {
            fallback: Language::English,
            ..DeskSettings::default()
        },
    )
}

/// Someone with a question.
pub struct Visitor {
    pub desk: Arc<Desk>,
    pub id: ConversationId,
}

impl Visitor {
    pub async fn asks(&self, text: &str) -> Exchange {
        self.asks_with_key(text, None).await.expect("taken")
    }

    pub async fn asks_with_key(
        &self,
        text: &str,
        key: Option<IdempotencyKey>,
    ) -> Result<Exchange, DeskError> {
        self.desk
            .visitors
            .post_message(&self.id, question(text), AskContext::default(), key, now())
            .await
    }

    pub async fn chooses(&self, article: &str) -> Result<Exchange, DeskError> {
        self.desk
            .visitors
            .choose_option(&self.id, ArticleId::new(article), None, now())
            .await
    }

    pub async fn wants_person(&self, reason: Option<&str>) -> Ticket {
        let reason = reason.map(question);
        self.desk
            .visitors
            .escalate(&self.id, reason, None, None, now())
            .await
            .expect("queued")
    }
}

/// Vectors of letter pairs: alike texts are near each other, which is all these tests need of a model.
struct LetterPairs;

const DIMENSION: usize = 256;

impl Encoder for LetterPairs {
    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn identity(&self) -> &str {
        "letter-pairs"
    }

    fn encode_weighed(
        &self,
        _role: TextRole,
        texts: &[&str],
        _weights: &TokenWeights,
    ) -> Vec<Embedding> {
        let encode = |text: &&str| {
            let mut counts = vec![0.0; DIMENSION];
            let letters: Vec<char> = text.to_lowercase().chars().collect();
            for pair in letters.windows(2) {
                counts[(pair[0] as usize * 31 + pair[1] as usize) % DIMENSION] += 1.0;
            }
            Embedding::normalised(counts)
        };
        texts.iter().map(encode).collect()
    }
}

fn knowledge() -> KnowledgeBase {
    use Language::{Chinese, English, Japanese, Korean};
    let articles = vec![
        article(
            "deposit-missing",
            Intent::General,
            LanguagePolicy::Label,
            &["withdrawal-pending"],
            &[
                (
                    English,
                    "Where is my deposit?",
                    "A deposit shows once the network has confirmed it.",
                ),
                (Chinese, "充值没有到账怎么办？", "网络确认后充值会显示。"),
                (
                    Korean,
                    "입금이 보이지 않아요",
                    "네트워크 확인 후 입금이 표시됩니다.",
                ),
                (
                    Japanese,
                    "入金が反映されません",
                    "ネットワークの承認後に反映されます。",
                ),
            ],
        ),
        article(
            "tax-advice",
            Intent::Regulated,
            LanguagePolicy::Strict,
            &[],
            &[(
                English,
                "How is my profit taxed?",
                "Tax depends on where you live.",
            )],
        ),
        article(
            "withdrawal-pending",
            Intent::Personal,
            LanguagePolicy::Label,
            &[],
            &[
                (
                    English,
                    "Why is my withdrawal pending?",
                    "A withdrawal waits for the network.",
                ),
                (Chinese, "提现一直没到账怎么办？", "提现正在等待网络确认。"),
                (
                    Korean,
                    "출금이 안 돼요",
                    "출금은 네트워크 확인을 기다립니다.",
                ),
                (
                    Japanese,
                    "出金が完了しません",
                    "出金はネットワークの承認を待っています。",
                ),
            ],
        ),
    ];
    KnowledgeBase::of_articles(articles, Revision("test".to_owned()))
}

fn article(
    id: &str,
    intent: Intent,
    policy: LanguagePolicy,
    follow_ups: &[&str],
    texts: &[(Language, &str, &str)],
) -> Article {
    let translation = |(language, title, summary): &(Language, &str, &str)| Translation {
        title: (*title).to_owned(),
        summary: (*summary).to_owned(),
        body: (*summary).to_owned(),
        ..Translation::blank(*language)
    };
    Article {
        id: ArticleId::new(id),
        category: "money".to_owned(),
        severity: Severity::High,
        intent,
        policy,
        audience: vec!["all".to_owned()],
        owner: "support".to_owned(),
        rev: 1,
        stage: mondo::knowledge::Stage::Published,
        valid_from: None,
        valid_until: None,
        follow_ups: follow_ups.iter().map(|id| ArticleId::new(*id)).collect(),
        collect: vec!["txid".to_owned()],
        skills: vec![],
        translations: texts
            .iter()
            .map(|text| (text.0, translation(text)))
            .collect::<BTreeMap<_, _>>(),
        traditional: Default::default(),
    }
}
