-- Browsers of staff that are told something while they are not open, and what waits to be told to them.

CREATE TABLE push_subscriptions (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    -- Keyed digest of the address, so that a browser is kept once.
    digest TEXT NOT NULL UNIQUE,
    -- JSON, sealed: the address at the push service and the keys of the browser.
    subscription_sealed TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX push_subscriptions_by_agent ON push_subscriptions (agent, created);

CREATE TABLE push_outbox (
    subscription TEXT NOT NULL REFERENCES push_subscriptions (id),
    ticket TEXT NOT NULL REFERENCES tickets (id),
    kind TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (subscription, ticket, kind)
);

CREATE INDEX push_outbox_by_time ON push_outbox (next_attempt);

-- The one key by which push services know this installation, sealed.
CREATE TABLE push_sender (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    key_sealed TEXT NOT NULL
);

-- Whether a server that sends such messages runs on this database.
INSERT INTO counters (name, value) VALUES ('push', 0);
