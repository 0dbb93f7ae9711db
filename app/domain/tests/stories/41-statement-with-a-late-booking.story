# A late booking shows in the next statement, with the lapse that it takes back
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
draw       x   2:00   on 2026-01-15   -> Jan 2:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01

statement  (0, 2025-12-31) .. (3, 2026-02-01)   -> opening 0:00, closing 12:00
2026-01-01   grant Jan      +10:00   10:00
2026-01-15   draw x          -2:00    8:00
2026-02-01   lapse of Jan    -6:00    2:00
2026-02-01   grant Feb      +10:00   12:00

# Entries 4 and 5.
draw       late   5:00   on 2026-01-20   -> Jan 5:00
draw       y      3:00   on 2026-02-10   -> Jan 2:00, Feb 1:00
statement  (3, 2026-02-01) .. (5, 2026-02-28)   -> opening 12:00, closing 9:00
2026-01-20   draw late       -5:00    7:00   late
2026-02-01   lapse of Jan    +5:00   12:00   late
2026-02-10   draw y          -3:00    9:00

# A statement of days alone: nothing was posted, but a lot ended.
statement  (5, 2026-02-28) .. (5, 2026-03-01)   -> opening 9:00, closing 0:00
2026-03-01   lapse of Feb    -9:00    0:00
statement  (5, 2026-03-01) .. (5, 2026-03-01)   -> opening 0:00, closing 0:00

# What is dated after the second point waits for the next statement.
statement  (2, 2026-01-31) .. (5, 2026-02-09)   -> opening 8:00, closing 12:00
2026-01-20   draw late       -5:00    3:00   late
2026-02-01   lapse of Jan    -1:00    2:00
2026-02-01   grant Feb      +10:00   12:00
statement  (5, 2026-02-28) .. (3, 2026-03-01)   -> refused because the points are in the wrong order
statement  (3, 2026-02-28) .. (5, 2026-02-27)   -> refused because the points are in the wrong order
