-- What was looked up on the list of official channels: where impostors are at work shows here first.
CREATE TABLE channel_lookups (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The name of a website or app; empty for numbers, addresses and profiles, which are people's.
    asked TEXT NOT NULL,
    listed BIGINT NOT NULL CHECK (listed IN (0, 1)),
    -- The listed channel it was made to look like.
    resembles TEXT,
    -- 'page', 'api' or 'chat'.
    door TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX channel_lookups_by_time ON channel_lookups (created);
