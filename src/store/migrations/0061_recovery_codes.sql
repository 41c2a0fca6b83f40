-- Codes that stand in for the second factor, each once; only their digests are kept.
CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    created BIGINT NOT NULL,
    used BIGINT
);

CREATE INDEX recovery_codes_by_agent ON recovery_codes (agent);
