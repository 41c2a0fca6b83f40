-- Words at hand for agents, and what authors learn from the words agents send.

CREATE TABLE macros (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    -- JSON: text by code of the language.
    texts TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES agents (id),
    updated BIGINT NOT NULL
);

-- What an agent made of a suggested reply, until an author has decided about it.
CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    language TEXT NOT NULL,
    -- The knowledge the suggestion came from.
    revision TEXT NOT NULL,
    question_sealed TEXT NOT NULL,
    suggested TEXT NOT NULL,
    sent_sealed TEXT NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'dismissed')),
    created BIGINT NOT NULL
);

CREATE INDEX proposals_by_status ON proposals (status, created);
