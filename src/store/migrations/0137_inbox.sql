-- An inbox to work in: who takes new conversations, what is put aside until when, for which team a ticket is, on which page
-- a visitor writes, and the views somebody keeps.

ALTER TABLE agents ADD COLUMN availability TEXT NOT NULL DEFAULT 'here';
-- Why they are busy or away, as colleagues read it.
ALTER TABLE agents ADD COLUMN availability_reason TEXT NOT NULL DEFAULT '';

-- Put aside by the agent who holds it; NULL once it has come back.
ALTER TABLE conversations ADD COLUMN snoozed_until BIGINT;
-- When it came back by itself; NULL once somebody has answered.
ALTER TABLE conversations ADD COLUMN woken BIGINT;
-- JSON: address of the page the visitor wrote from last, and their time zone.
ALTER TABLE conversations ADD COLUMN page_sealed TEXT;

CREATE INDEX conversations_by_snooze ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Department whose people are to take it; NULL where anybody may.
ALTER TABLE tickets ADD COLUMN team TEXT;

CREATE INDEX tickets_by_update ON tickets (updated, number);

CREATE TABLE saved_views (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    name TEXT NOT NULL,
    -- JSON: part, order and what else the queue is narrowed to.
    query TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX saved_views_by_agent ON saved_views (agent, created);
