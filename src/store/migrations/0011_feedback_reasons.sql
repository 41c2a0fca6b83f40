-- What was wrong with an answer, as the visitor chose it.
ALTER TABLE feedback ADD COLUMN reason TEXT CHECK (reason IN ('wrong', 'unclear', 'not_detailed', 'other_question'));
