# A carry-over that cannot be
account    time, no overbooking
grant      A   4:00   2026-01-01 ..                 carried 1 period                -> refused because a lot without end cannot be carried over
grant      A   4:00   2026-01-01 ..                 carried as long as the account  -> refused because a lot without end cannot be carried over
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 1 period, at most 0:00  -> refused because the amount is not positive
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 1 period, at most -1:00 -> refused because the amount is not positive
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 1 period, at most 300000000:00   -> refused because the amount is too large
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 5000 periods            -> refused because 5000 further periods end after 2199-12-31
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 4294967295 periods      -> refused because 4294967295 further periods end after 2199-12-31
balance    0:00

# The first day of the last year is still within the books.
grant      A   4:00   2026-01-01 .. 2026-02-01      carried 2075 periods
valid      A   2026-01-01 .. 2199-01-01
available  4:00   on 2198-12-31
