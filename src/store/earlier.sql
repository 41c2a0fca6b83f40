-- What a small desk had kept by each schema, as `upgrading` brings it up to date. Every part is written by the columns of its time
-- and is never edited later: a new table gets a new part. The number before a part is that of the migration after which it came.
-- 1
INSERT INTO conversations (id, state, episode, escalations, language, accept_languages, last_sequence, created, updated)
VALUES ('018f0000-0000-7000-8000-000000000001', 'queued', 1, 1, 'en', 'en', 4, 1000, 2000);
INSERT INTO answers (id, conversation, origin, question_sealed, language, decision, reason, confidence, threshold, article,
    revision, encoder, outcome, created)
VALUES ('018f0000-0000-7000-8000-000000000021', '018f0000-0000-7000-8000-000000000001', 'asked', 'Where is my parcel?', 'en',
    'escalate', 'low_confidence', 0.3, 0.6, 'parcels', 'r', 'e', '{"candidates":[]}', 1000);
INSERT INTO messages (id, conversation, sequence, episode, author, text_sealed, language, answer, created)
VALUES ('018f0000-0000-7000-8000-000000000011', '018f0000-0000-7000-8000-000000000001', 1, 1, 'visitor',
    'Where is my parcel?', 'en', NULL, 1000),
    ('018f0000-0000-7000-8000-000000000012', '018f0000-0000-7000-8000-000000000001', 2, 1, 'bot',
    'A person will look into it.', 'en', '018f0000-0000-7000-8000-000000000021', 1000);
INSERT INTO tickets (id, number, conversation, episode, status, language, priority, reason, note_sealed, contact_sealed,
    summary_sealed, created)
VALUES ('018f0000-0000-7000-8000-000000000031', 1, '018f0000-0000-7000-8000-000000000001', 1, 'open', 'en', 'normal',
    'low_confidence', 'it is late', 'mina@example.com', 'Where is my parcel?', 1000);
INSERT INTO events (conversation, sequence, kind, subject, created) VALUES
    ('018f0000-0000-7000-8000-000000000001', 1, 'message', '018f0000-0000-7000-8000-000000000011', 1000),
    ('018f0000-0000-7000-8000-000000000001', 2, 'message', '018f0000-0000-7000-8000-000000000012', 1000),
    ('018f0000-0000-7000-8000-000000000001', 3, 'state', 'queued', 1000),
    ('018f0000-0000-7000-8000-000000000001', 4, 'ticket', '018f0000-0000-7000-8000-000000000031', 1000);
INSERT INTO feedback (message, rating, comment_sealed, created)
VALUES ('018f0000-0000-7000-8000-000000000012', 'not_helpful', 'I wanted to know where it is', 2000);
UPDATE counters SET value = 1 WHERE name = 'ticket';
-- 2
INSERT INTO agents (id, email, name, department, role, languages, skills, password_hash, totp_step, active, failures,
    last_failure, created)
VALUES ('018f0000-0000-7000-8000-00000000000a', 'ada@example.com', 'Ada', 'parcels', 'admin', 'en,ko', 'l2,refunds', '', 0, 1,
    0, 0, 1000);
INSERT INTO api_keys (id, name, token_hash, scopes, created_by, created)
VALUES ('018f0000-0000-7000-8000-00000000000c', 'shop', 'hash', 'ask', '018f0000-0000-7000-8000-00000000000a', 1000);
INSERT INTO staff_log (id, actor, action, subject, detail, created)
VALUES ('018f0000-0000-7000-8000-0000000000b1', 'operator', 'add_agent', '018f0000-0000-7000-8000-00000000000a', '{}', 1000);
-- 3
INSERT INTO ticket_notes (id, ticket, agent, agent_name, text_sealed, created)
VALUES ('018f0000-0000-7000-8000-000000000041', '018f0000-0000-7000-8000-000000000031',
    '018f0000-0000-7000-8000-00000000000a', 'Ada', 'asked the carrier', 2000);
INSERT INTO ticket_tags (ticket, tag) VALUES ('018f0000-0000-7000-8000-000000000031', 'carrier');
INSERT INTO ticket_watchers (ticket, agent)
VALUES ('018f0000-0000-7000-8000-000000000031', '018f0000-0000-7000-8000-00000000000a');
INSERT INTO search_terms (kind, term, subject) VALUES ('ticket', 'parcel', '018f0000-0000-7000-8000-000000000031');
-- 4
INSERT INTO macros (id, title, texts, created_by, updated)
VALUES ('018f0000-0000-7000-8000-000000000051', 'greeting', '{"en":"Good day!"}', '018f0000-0000-7000-8000-00000000000a', 1000);
INSERT INTO proposals (id, article, language, revision, question_sealed, suggested, sent_sealed, agent, status, created)
VALUES ('018f0000-0000-7000-8000-000000000061', 'parcels', 'en', 'r', 'Where is it?', 'On its way.', 'It is on its way.',
    '018f0000-0000-7000-8000-00000000000a', 'open', 2000);
-- 10
INSERT INTO article_opinions (id, article, language, rating, revision, created)
VALUES ('018f0000-0000-7000-8000-000000000071', 'parcels', 'en', 'helpful', 'r', 2000);
-- 21
INSERT INTO mail_outbox (id, kind, ticket, recipient_sealed, state, attempts, next_attempt, created, settled)
VALUES ('018f0000-0000-7000-8000-000000000081', 'opened', '018f0000-0000-7000-8000-000000000031', 'mina@example.com', 'sent', 1,
    0, 1000, 2000);
-- 22
INSERT INTO surges (id, incident, texts, bump, begun, begun_by, expires, ended, ended_by)
VALUES ('018f0000-0000-7000-8000-000000000091', 'flood', '{"en":"The depot is closed."}', 1, 1000, 'ada', 2000, 2000, 'ada');
-- 30
INSERT INTO satisfaction (conversation, episode, score, comment_sealed, created)
VALUES ('018f0000-0000-7000-8000-000000000001', 1, 4, 'quick', 2000);
-- 31
INSERT INTO conversation_owners (conversation, subject_sealed, name_sealed, tier, since)
VALUES ('018f0000-0000-7000-8000-000000000001', 'customer-7', 'Mina', 'verified', 1000);
-- 40
INSERT INTO knowledge_revisions (id, article, file, text, hash, origin, created)
VALUES ('018f0000-0000-7000-8000-0000000000a1', 'parcels', 'en.md', 'words', 'hash', 'found', 1000);
-- 50
INSERT INTO webhook_endpoints (id, kind, description, url, topics, secret, previous_until, account, active, created, updated)
VALUES ('018f0000-0000-7000-8000-00000000000b', 'webhook', 'ours', 'https://example.com', ',message.created,', 'secret', 0, '{}',
    1, 1000, 1000);
INSERT INTO tellings (id, position, topic, conversation, subject, created)
VALUES ('018f0000-0000-7000-8000-0000000000c1', 1, 'message.created', '018f0000-0000-7000-8000-000000000001',
    '018f0000-0000-7000-8000-000000000012', 1000);
INSERT INTO deliveries (id, endpoint, telling, position, conversation, status, attempts, next_attempt, claimed_until, created)
VALUES ('018f0000-0000-7000-8000-0000000000d1', '018f0000-0000-7000-8000-00000000000b', '018f0000-0000-7000-8000-0000000000c1', 1,
    '018f0000-0000-7000-8000-000000000001', 'delivered', 1, 0, 0, 1000);
INSERT INTO external_tickets (endpoint, ticket, external, created)
VALUES ('018f0000-0000-7000-8000-00000000000b', '018f0000-0000-7000-8000-000000000031', '4711', 1000);
INSERT INTO hook_sources (name, format, endpoint, agent, secret, previous_until, created)
VALUES ('theirs', 'mondo', '018f0000-0000-7000-8000-00000000000b', '018f0000-0000-7000-8000-00000000000a', 'secret', 0, 1000);
UPDATE counters SET value = 1 WHERE name = 'telling';
-- 61
INSERT INTO recovery_codes (code_hash, agent, created) VALUES ('hash', '018f0000-0000-7000-8000-00000000000a', 1000);
-- 92
INSERT INTO channel_lookups (id, kind, asked, listed, door, created)
VALUES ('018f0000-0000-7000-8000-0000000000e1', 'website', 'example.net', 0, 'page', 2000);
-- 120
INSERT INTO daily_outcomes (day, language, outcome, count) VALUES ('1970-01-01', 'en', 'ticket_opened', 1);
-- 137
INSERT INTO saved_views (id, agent, name, query, created)
VALUES ('018f0000-0000-7000-8000-0000000000f1', '018f0000-0000-7000-8000-00000000000a', 'mine', '{}', 2000);
-- 145
INSERT INTO conversation_reads (conversation, visitor, staff) VALUES ('018f0000-0000-7000-8000-000000000001', 2, 2);
-- 160
INSERT INTO judgements (answer, language, article, pick, confidence, judgement, judge, created)
VALUES ('018f0000-0000-7000-8000-000000000021', 'en', 'parcels', 'random', 0.3, 'right', '018f0000-0000-7000-8000-00000000000a',
    2000);
-- 162
INSERT INTO daily_parts (day, part, name, outcome, count) VALUES ('1970-01-01', 'article', 'parcels', 'ticket_opened', 1);
-- 179
INSERT INTO knowledge_files (number, path, hash, content) VALUES (1, 'parcels/en.md', 'hash', 'd29yZHM=');
UPDATE counters SET value = 1 WHERE name = 'knowledge_files';
