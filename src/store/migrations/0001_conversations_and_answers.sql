-- One text for SQLite and Postgres: TEXT, BIGINT and DOUBLE PRECISION only; times are milliseconds UTC.
-- Columns named `*_sealed` pass through the pair of functions in seal.rs.

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('bot', 'queued', 'agent', 'closed')),
    episode BIGINT NOT NULL CHECK (episode >= 1),
    -- Automatic escalations of the episode: never more than one.
    escalations BIGINT NOT NULL CHECK (escalations IN (0, 1)),
    language TEXT,
    page_language TEXT,
    accept_languages TEXT NOT NULL,
    last_sequence BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    conversation TEXT REFERENCES conversations (id),
    origin TEXT NOT NULL CHECK (origin IN ('asked', 'chosen')),
    question_sealed TEXT NOT NULL,
    language TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('answer', 'clarify', 'escalate')),
    reason TEXT,
    confidence DOUBLE PRECISION NOT NULL,
    threshold DOUBLE PRECISION NOT NULL,
    article TEXT,
    revision TEXT NOT NULL,
    encoder TEXT NOT NULL,
    -- JSON: languages, signals, the best candidates with their evidence.
    outcome TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    sequence BIGINT NOT NULL,
    episode BIGINT NOT NULL,
    author TEXT NOT NULL CHECK (author IN ('visitor', 'bot', 'agent', 'system')),
    text_sealed TEXT NOT NULL,
    language TEXT,
    answer TEXT REFERENCES answers (id),
    -- JSON: the decision of a bot message, without article bodies.
    reply TEXT,
    created BIGINT NOT NULL,
    UNIQUE (conversation, sequence)
);

CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    episode BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'solved', 'closed')),
    language TEXT NOT NULL,
    -- JSON: category, severity, fields to collect.
    subject TEXT,
    priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    reason TEXT NOT NULL,
    note_sealed TEXT,
    contact_sealed TEXT,
    summary_sealed TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX tickets_by_conversation ON tickets (conversation, number);

-- However requests race or are repeated, an episode has one open ticket at most.
CREATE UNIQUE INDEX one_open_ticket ON tickets (conversation, episode) WHERE status IN ('open', 'pending');

CREATE TABLE events (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'state', 'ticket', 'feedback')),
    -- Id of the message or ticket, or the code of the state.
    subject TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (conversation, sequence)
);

CREATE TABLE feedback (
    message TEXT PRIMARY KEY REFERENCES messages (id),
    rating TEXT NOT NULL CHECK (rating IN ('helpful', 'not_helpful')),
    comment_sealed TEXT,
    created BIGINT NOT NULL
);

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    -- JSON: ids from which the first response is built again.
    response TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('ticket', 0);
