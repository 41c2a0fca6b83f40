-- Incidents that bring many at once: what visitors are told, and how their tickets are taken.
CREATE TABLE surges (
    id TEXT PRIMARY KEY,
    -- The operator's own name of the incident; one surge of a name is on at most.
    incident TEXT NOT NULL,
    -- JSON: the notice by tag of the locale.
    texts TEXT NOT NULL,
    -- JSON: categories whose tickets are affected; NULL for all.
    categories TEXT,
    -- Steps by which priorities are raised.
    bump BIGINT NOT NULL CHECK (bump BETWEEN 0 AND 3),
    begun BIGINT NOT NULL,
    begun_by TEXT NOT NULL,
    expires BIGINT NOT NULL,
    ended BIGINT,
    ended_by TEXT
);

CREATE UNIQUE INDEX one_surge_of_a_name ON surges (incident) WHERE ended IS NULL;
CREATE INDEX surges_by_begin ON surges (begun);

-- Signatures of webhooks that were obeyed, kept for as long as they could be shown again.
CREATE TABLE seen_signatures (
    signature TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);

CREATE INDEX seen_signatures_by_age ON seen_signatures (until);

-- What is known of who the visitor is; tickets inherit it.
ALTER TABLE conversations ADD COLUMN visitor_tier TEXT NOT NULL DEFAULT 'unverified'
    CHECK (visitor_tier IN ('unverified', 'verified', 'premium'));

-- Who takes what: the next of a queue is looked for by these.
CREATE INDEX tickets_by_queue ON tickets (queue, status);
