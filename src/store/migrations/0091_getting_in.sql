-- Browsers from which somebody has signed in before: their failures count apart from those of strangers.
CREATE TABLE devices (
    token_hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    failures BIGINT NOT NULL,
    last_failure BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX devices_by_agent ON devices (agent);

-- Until when a password that somebody was given opens a session; NULL for one of their own.
ALTER TABLE agents ADD COLUMN password_expires BIGINT;

-- Everybody signs in anew: sessions have names, and ends of their own.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
-- When its owner last showed who they are.
ALTER TABLE sessions ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN last_failure BIGINT NOT NULL DEFAULT 0;

-- Attempts at addresses that nobody has: written as an attempt at an account is, so that both take as long.
INSERT INTO counters (name, value) VALUES ('unknown_sign_ins', 0);
