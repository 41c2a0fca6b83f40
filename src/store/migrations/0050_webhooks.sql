-- What is told to other programs and help desks, and what they tell us.

CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('webhook', 'chatwoot', 'zendesk')),
    description TEXT NOT NULL,
    url TEXT NOT NULL,
    -- Codes of topics, each between two commas.
    topics TEXT NOT NULL,
    -- Secrets are needed in full to sign, so they cannot be kept as digests.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT NOT NULL,
    -- JSON: how to reach the account of a help desk; '{}' for a webhook.
    account TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    -- Why it was switched off by itself.
    disabled_why TEXT,
    -- Since when nothing has arrived there; NULL while all is well.
    failing_since BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

-- Written in the transaction of what they tell; nobody's words are copied here.
CREATE TABLE tellings (
    id TEXT PRIMARY KEY,
    -- Order in which things happened.
    position BIGINT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    conversation TEXT NOT NULL,
    -- Id of the message, ticket or conversation; the code of a state.
    subject TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX tellings_by_age ON tellings (created);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL REFERENCES webhook_endpoints (id),
    telling TEXT NOT NULL REFERENCES tellings (id),
    position BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'dropped')),
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    -- Until when a worker has it in its hands.
    claimed_until BIGINT NOT NULL,
    response_status BIGINT,
    duration_ms BIGINT,
    error TEXT,
    last_attempt BIGINT,
    created BIGINT NOT NULL
);

CREATE INDEX deliveries_due ON deliveries (endpoint, status, next_attempt);
CREATE INDEX deliveries_by_conversation ON deliveries (endpoint, conversation, status);
CREATE INDEX deliveries_by_telling ON deliveries (telling);
CREATE INDEX deliveries_by_age ON deliveries (endpoint, created);

INSERT INTO counters (name, value) VALUES ('telling', 0);

-- Where a ticket also lives.
CREATE TABLE external_tickets (
    endpoint TEXT NOT NULL REFERENCES webhook_endpoints (id),
    ticket TEXT NOT NULL REFERENCES tickets (id),
    external TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (endpoint, ticket)
);

CREATE INDEX external_tickets_by_name ON external_tickets (endpoint, external);

-- Programs that may tell us something under `/v1/hooks/{name}`.
CREATE TABLE hook_sources (
    name TEXT PRIMARY KEY,
    format TEXT NOT NULL CHECK (format IN ('mondo', 'chatwoot', 'zendesk')),
    -- The help desk whose tickets it speaks of.
    endpoint TEXT REFERENCES webhook_endpoints (id),
    -- In whose name it acts.
    agent TEXT NOT NULL REFERENCES agents (id),
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT NOT NULL,
    created BIGINT NOT NULL
);

-- What was taken already, so that a repetition changes nothing.
CREATE TABLE hook_receipts (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX hook_receipts_by_age ON hook_receipts (created);
