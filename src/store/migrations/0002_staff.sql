-- Members of staff, what they hold, and who did what.

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    -- In lower case.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    department TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'author', 'agent', 'lead', 'admin', 'auditor')),
    -- Codes with commas between them.
    languages TEXT NOT NULL,
    skills TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret TEXT,
    -- Time step of the last code taken, so that none is taken twice.
    totp_step BIGINT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    failures BIGINT NOT NULL,
    last_failure BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    -- Repeated by forms and scripts of our own pages, which no other site can read.
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX sessions_by_agent ON sessions (agent);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    -- Codes of permissions with commas between them.
    scopes TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES agents (id),
    created BIGINT NOT NULL,
    revoked BIGINT
);

CREATE TABLE verification_phrases (
    phrase_hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    expires BIGINT NOT NULL
);

CREATE TABLE staff_log (
    id TEXT PRIMARY KEY,
    -- Id of an agent or of an API key; 'operator' for the command line.
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    -- What it was done to, such as the id of a conversation.
    subject TEXT NOT NULL,
    -- JSON: what changed, without visitors' words.
    detail TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX staff_log_by_action ON staff_log (action, created);
CREATE INDEX staff_log_by_subject ON staff_log (subject, created);

ALTER TABLE conversations ADD COLUMN agent TEXT REFERENCES agents (id);
-- Since when the visitor waits for a person's word; NULL while nobody owes them one.
ALTER TABLE conversations ADD COLUMN waiting_since BIGINT;
-- When the agent spoke last, for the timer that ends silent conversations.
ALTER TABLE conversations ADD COLUMN agent_spoke BIGINT;

CREATE INDEX conversations_by_state ON conversations (state, updated);
CREATE INDEX conversations_by_agent ON conversations (agent);

ALTER TABLE messages ADD COLUMN agent TEXT REFERENCES agents (id);
-- The name as it was when they spoke.
ALTER TABLE messages ADD COLUMN agent_name TEXT;
