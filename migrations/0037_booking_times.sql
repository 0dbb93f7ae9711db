-- The list of bookings by how long they are.
CREATE INDEX bookings_time ON bookings (seconds, date, id);
