-- Bookings of a project that says nothing of rounding are rounded as a contract says.

-- Whether the project says itself how they are; without, minimum and step say nothing. What said nothing before says
-- nothing now.
ALTER TABLE projects ADD COLUMN round_own BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE projects SET round_own = TRUE WHERE round_minimum <> 0 OR round_step <> 1;
