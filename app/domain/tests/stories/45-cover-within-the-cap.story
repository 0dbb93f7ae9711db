# A cover for a day after the lot's own period counts against the cap
account    time, overbooking without limit
draw       x   3:00   on 2026-02-10   -> deficit 3:00
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00   -> covers x 2:00, left 8:00
deficit    1:00
available  0:00   on 2026-02-11
cover      x 1:00 from Jan   -> refused because Jan has only 0:00 for it
draw       y   1:00   on 2026-01-15   -> Jan 1:00
grant      Feb   4:00   2026-02-01 .. 2026-03-01   -> covers x 1:00, left 3:00
release    x   -> Jan 2:00, Feb 1:00
available  6:00   on 2026-02-11

# A deficit of January itself has the whole lot, also what lapsed over the cap.
grant      Dec   1:00   2025-12-01 .. 2026-01-01
draw       z   12:00   on 2026-01-20   -> Jan 9:00, deficit 3:00
release    y   -> Jan 1:00
grant      Late  5:00   2026-02-01 .. 2026-03-01
cover      z 2:30 from Late   -> left 2:30, deficit 0:30
deficit    0:30
