-- Texts of the knowledge folder as they were edited at the desk; each whole, so that it can be brought back by itself.

CREATE TABLE knowledge_revisions (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    -- Name of the file in the folder of the article: article.toml, or en.md and its siblings.
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- 'found' is what lay in the folder before an edit, whoever wrote it.
    origin TEXT NOT NULL CHECK (origin IN ('found', 'edited', 'restored', 'accepted')),
    agent TEXT REFERENCES agents (id),
    agent_name TEXT,
    created BIGINT NOT NULL
);

CREATE INDEX knowledge_revisions_by_file ON knowledge_revisions (article, file, created, id);
