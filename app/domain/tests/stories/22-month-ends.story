# Months counted from January 31: the short February does not stay
account    time, no overbooking
from-anchor 2026-01-31 every 1 month
period     -1   2025-12-31 .. 2026-01-31
period     0    2026-01-31 .. 2026-02-28
period     1    2026-02-28 .. 2026-03-31
period     2    2026-03-31 .. 2026-04-30
period     3    2026-04-30 .. 2026-05-31
grant      Jan   4:00   2026-01-31 .. 2026-02-28   carried 1 period
grant      Feb   4:00   2026-02-28 .. 2026-03-31   carried 2 periods
valid      Jan   2026-01-31 .. 2026-03-31
valid      Feb   2026-02-28 .. 2026-05-31
draw       x   1:00   on 2026-02-27   -> Jan 1:00
available  7:00   on 2026-02-28
available  7:00   on 2026-03-30
available  4:00   on 2026-03-31
draw       y   5:00   on 2026-03-30   -> Jan 3:00, Feb 2:00
available  2:00   on 2026-05-30
available  0:00   on 2026-05-31
lapsed     Feb   2:00   by 2026-05-31
