-- How what an article sells is billed in a project.

-- As JSON: it is kept and compared as a whole, and nothing inside is searched. Without it the article makes no billing
-- line.
ALTER TABLE articles ADD COLUMN billing TEXT;
