# Three further periods share one cap
account    time, no overbooking
grant      Jan   6:00   2026-01-01 .. 2026-02-01   carried 3 periods, at most 4:00
valid      Jan   2026-01-01 .. 2026-05-01
available  4:00   on 2026-02-01
draw       x   1:00   on 2026-02-10   -> Jan 1:00
draw       y   2:00   on 2026-03-10   -> Jan 2:00
available  1:00   on 2026-04-30
available  0:00   on 2026-05-01
passbook   2026-01-01 .. 2026-06-01
2026-01-01   grant Jan                +6:00   6:00
2026-02-01   Jan lapses over the cap  -2:00   4:00
2026-02-10   draw x                   -1:00   3:00
2026-03-10   draw y                   -2:00   1:00
2026-05-01   Jan lapses               -1:00   0:00
