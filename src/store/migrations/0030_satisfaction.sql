-- How satisfied visitors were once a person had settled their matter: once for each episode.
CREATE TABLE satisfaction (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    episode BIGINT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 1 AND 5),
    comment_sealed TEXT,
    created BIGINT NOT NULL,
    PRIMARY KEY (conversation, episode)
);
