-- How the visitor reads Chinese, and the languages not served that page or browser asked for, by their codes.
ALTER TABLE conversations ADD COLUMN script TEXT;
ALTER TABLE conversations ADD COLUMN opened_script TEXT;
ALTER TABLE conversations ADD COLUMN elsewhere TEXT NOT NULL DEFAULT '';

-- The language the visitor speaks, where it is not served.
ALTER TABLE tickets ADD COLUMN elsewhere TEXT;
