-- Files of the knowledge folder as they were edited at the desk, for nodes with folders of their own. Only the newest content
-- of a file is kept; hashes stay, so that a node tells an older text from one that was changed in its folder.
CREATE TABLE knowledge_files (
    number BIGINT PRIMARY KEY,
    -- Relative to the folder, with slashes.
    path TEXT NOT NULL,
    -- Of what was replaced; NULL where there was nothing.
    before TEXT,
    hash TEXT NOT NULL,
    -- Base64; empty once there is a newer one.
    content TEXT NOT NULL
);

CREATE INDEX knowledge_files_by_path ON knowledge_files (path, number);

INSERT INTO counters (name, value) VALUES ('knowledge_files', 0);
