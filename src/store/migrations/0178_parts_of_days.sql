-- Days are told apart by more: where a visitor asked, and which category and section answered.
ALTER TABLE conversations ADD COLUMN surface TEXT;
ALTER TABLE answers ADD COLUMN category TEXT;
ALTER TABLE answers ADD COLUMN section TEXT;

-- How satisfied visitors were on a day in UTC: in all, by language, by category and by the agent who held the ticket; it
-- stays when the scores have gone.
CREATE TABLE daily_scores (
    day TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    score BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (day, part, name, score)
);
