# Without an anchor a lot is carried over by periods of its own length
account    time, no overbooking

# Whole months count as months, however long they are.
grant      Jan    1:00   2026-01-31 .. 2026-02-28   carried 1 period
grant      Year   1:00   2026-01-01 .. 2027-01-01   carried 1 period
grant      Third  1:00   2025-11-30 .. 2026-02-28   carried 1 period
valid      Jan    2026-01-31 .. 2026-03-31
valid      Year   2026-01-01 .. 2028-01-01
valid      Third  2025-11-30 .. 2026-05-30

# Anything else counts in days: February 28 to March 31 is no month after the 28th but 31 days.
grant      Days   1:00   2026-04-10 .. 2026-04-20   carried 2 periods
grant      March  1:00   2026-02-28 .. 2026-03-31   carried 1 period
valid      Days   2026-04-10 .. 2026-05-10
valid      March  2026-02-28 .. 2026-05-01

# No further period is no carry-over.
grant      None   1:00   2026-01-01 .. 2026-02-01   carried 0 periods, at most 0:30
valid      None   2026-01-01 .. 2026-02-01
