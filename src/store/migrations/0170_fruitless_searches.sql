-- What visitors searched the help pages for where no article fitted, counted by day in UTC; it expires as questions outside
-- of conversations do, with the key of the day that seals its words.
CREATE TABLE fruitless_searches (
    day TEXT NOT NULL,
    -- What stands for the words, so that the same ones are counted together.
    term TEXT NOT NULL,
    -- Code of the language they were searched in.
    language TEXT NOT NULL,
    words_sealed TEXT NOT NULL,
    count BIGINT NOT NULL,
    -- When they were first searched for on that day.
    created BIGINT NOT NULL,
    PRIMARY KEY (day, term, language)
);

CREATE INDEX fruitless_searches_by_time ON fruitless_searches (created);
