-- One table of places that are told what happens, whatever they are: programs, help desks, channels. A kind that comes
-- later needs no change of the schema.

CREATE TABLE outlets (
    id TEXT PRIMARY KEY,
    -- Code of the kind; the program knows which there are.
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    url TEXT NOT NULL,
    -- Codes of topics, each between two commas.
    topics TEXT NOT NULL,
    -- Secrets are needed in full to sign, so they cannot be kept as digests.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT NOT NULL,
    -- JSON: how to reach an account there; '{}' where there is none.
    account TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    -- Why it was switched off by itself.
    disabled_why TEXT,
    -- Since when nothing has arrived there; NULL while all is well.
    failing_since BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

INSERT INTO outlets
    (id, kind, description, url, topics, secret, previous_secret, previous_until, account, active, disabled_why,
     failing_since, created, updated)
SELECT id, kind, description, url, topics, secret, previous_secret, previous_until, account, active, disabled_why,
       failing_since, created, updated
FROM webhook_endpoints;

CREATE TABLE outlet_deliveries (
    id TEXT PRIMARY KEY,
    outlet TEXT NOT NULL REFERENCES outlets (id),
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

INSERT INTO outlet_deliveries
    (id, outlet, telling, position, conversation, status, attempts, next_attempt, claimed_until, response_status,
     duration_ms, error, last_attempt, created)
SELECT id, endpoint, telling, position, conversation, status, attempts, next_attempt, claimed_until, response_status,
       duration_ms, error, last_attempt, created
FROM deliveries;

DROP TABLE deliveries;
ALTER TABLE outlet_deliveries RENAME TO deliveries;

CREATE INDEX deliveries_due ON deliveries (outlet, status, next_attempt);
CREATE INDEX deliveries_by_conversation ON deliveries (outlet, conversation, status);
CREATE INDEX deliveries_by_telling ON deliveries (telling);
CREATE INDEX deliveries_by_age ON deliveries (outlet, created);

CREATE TABLE outlet_tickets (
    outlet TEXT NOT NULL REFERENCES outlets (id),
    ticket TEXT NOT NULL REFERENCES tickets (id),
    external TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (outlet, ticket)
);

INSERT INTO outlet_tickets (outlet, ticket, external, created)
SELECT endpoint, ticket, external, created FROM external_tickets;

DROP TABLE external_tickets;
ALTER TABLE outlet_tickets RENAME TO external_tickets;

CREATE INDEX external_tickets_by_name ON external_tickets (outlet, external);

CREATE TABLE outlet_sources (
    name TEXT PRIMARY KEY,
    -- Code of the format; the program knows which there are.
    format TEXT NOT NULL,
    -- The place whose tickets it speaks of.
    outlet TEXT REFERENCES outlets (id),
    -- In whose name it acts.
    agent TEXT NOT NULL REFERENCES agents (id),
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT NOT NULL,
    created BIGINT NOT NULL
);

INSERT INTO outlet_sources (name, format, outlet, agent, secret, previous_secret, previous_until, created)
SELECT name, format, endpoint, agent, secret, previous_secret, previous_until, created FROM hook_sources;

DROP TABLE hook_sources;
ALTER TABLE outlet_sources RENAME TO hook_sources;

DROP TABLE webhook_endpoints;
