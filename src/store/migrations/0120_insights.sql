-- What visitors ask and get no good answer on, and what became of their questions; no words of theirs.

-- A matter; named after its first question, so that it has its name before it is kept.
CREATE TABLE gaps (
    id TEXT PRIMARY KEY,
    -- The gap it has become part of.
    merged_into TEXT,
    -- When an author left it aside, who that was, how many questions it had then, and why.
    dismissed BIGINT,
    dismissed_by TEXT REFERENCES agents (id),
    dismissed_count BIGINT,
    dismissed_sealed TEXT,
    created BIGINT NOT NULL
);

-- The questions of a gap, by which it is found again; they go with what was asked.
CREATE TABLE gap_questions (
    answer TEXT PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
    gap TEXT NOT NULL REFERENCES gaps (id)
);

CREATE INDEX gap_questions_by_gap ON gap_questions (gap);

-- How often what happened on a day, in UTC. It stays when what was counted has gone.
CREATE TABLE daily_outcomes (
    day TEXT NOT NULL,
    -- Code of the language visitors were addressed in; empty where it was not known.
    language TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (day, language, outcome)
);

-- The beginning of the first day that is not counted yet.
INSERT INTO counters (name, value) VALUES ('outcomes', 0);
