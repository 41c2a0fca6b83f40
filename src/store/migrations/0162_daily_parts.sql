-- What became of questions on a day in UTC, by the article that was given and by the channel they came from; it stays when
-- what was counted has gone.
CREATE TABLE daily_parts (
    day TEXT NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (day, part, name, outcome)
);

-- When the report of a month was last sent.
INSERT INTO counters (name, value) VALUES ('report', 0);
