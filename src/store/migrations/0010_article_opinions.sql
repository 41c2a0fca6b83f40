-- Whether an article helped a reader of the help pages; nothing tells who the reader was.
CREATE TABLE article_opinions (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    language TEXT NOT NULL,
    rating TEXT NOT NULL CHECK (rating IN ('helpful', 'not_helpful')),
    -- The knowledge that was read.
    revision TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX article_opinions_by_article ON article_opinions (article, created);
