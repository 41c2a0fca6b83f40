-- What people say of answers that were given, or nearly were, and what follows for the thresholds; no words of visitors.

-- An answer that somebody has judged; it stays when what was asked has expired.
CREATE TABLE judgements (
    answer TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    -- The article that was judged, and where it was wrong, the one that answers, if the judge has named it.
    article TEXT NOT NULL,
    better TEXT,
    pick TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    judgement TEXT NOT NULL,
    judge TEXT NOT NULL REFERENCES agents (id),
    created BIGINT NOT NULL
);

CREATE INDEX judgements_by_moment ON judgements (created);

-- How the promise stood whenever it was looked at.
CREATE TABLE contract_reviews (
    id TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    threshold DOUBLE PRECISION NOT NULL,
    judged BIGINT NOT NULL,
    correct BIGINT NOT NULL,
    bound DOUBLE PRECISION NOT NULL,
    keeping TEXT NOT NULL,
    -- The threshold that was set because of it, in ten-thousandths.
    changed_to BIGINT,
    created BIGINT NOT NULL
);

CREATE INDEX contract_reviews_by_language ON contract_reviews (language, id);

-- Thresholds that follow from it, in place of the configured ones: a floor under them, or one that staff have set lower.
CREATE TABLE contract_thresholds (
    language TEXT PRIMARY KEY,
    threshold DOUBLE PRECISION NOT NULL,
    is_floor BIGINT NOT NULL,
    created BIGINT NOT NULL
);

-- When it was last looked at.
INSERT INTO counters (name, value) VALUES ('contract', 0);

-- Staff bring questions to be judged. The column is made anew, since its check cannot be changed in place.
ALTER TABLE answers ADD COLUMN came TEXT NOT NULL DEFAULT 'asked' CHECK (came IN ('asked', 'chosen', 'brought'));
UPDATE answers SET came = origin;
ALTER TABLE answers DROP COLUMN origin;
ALTER TABLE answers RENAME COLUMN came TO origin;
