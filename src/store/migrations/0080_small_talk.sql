-- A reply may be small talk. The column is made anew, since its check cannot be changed in place.
ALTER TABLE answers ADD COLUMN decided TEXT NOT NULL DEFAULT 'answer'
    CHECK (decided IN ('answer', 'clarify', 'escalate', 'small_talk'));
UPDATE answers SET decided = decision;
ALTER TABLE answers DROP COLUMN decision;
ALTER TABLE answers RENAME COLUMN decided TO decision;
