# A draw for January that is posted in March uses what lapsed over the cap
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
draw       x   2:00   on 2026-01-15   -> Jan 2:00
draw       y   2:00   on 2026-02-02   -> Jan 2:00
lapsed     Jan   6:00   by 2026-02-01
draw       late  5:00   on 2026-01-20   -> Jan 5:00
lapsed     Jan   1:00   by 2026-02-01
lapsed     Jan   1:00   by 2026-03-01

# The cap of February is used up; January's own days still have an hour.
draw       more  1:00   on 2026-02-28   -> refused because 1:00 is wanted and 0:00 available
draw       last  2:00   on 2026-01-31   -> Jan 1:00, not drawn 1:00
lapsed     Jan   0:00   by 2026-03-01
passbook   2026-01-01 .. 2026-04-01
2026-01-01   grant Jan    +10:00   10:00
2026-01-15   draw x        -2:00    8:00
2026-01-20   draw late     -5:00    3:00
2026-01-31   draw last     -1:00    2:00
2026-02-02   draw y        -2:00    0:00
