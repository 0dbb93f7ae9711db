# The passbook shows what lapses over the cap, and what a revoke makes of it
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01   carried 1 period, at most 2:00
draw       x   2:00   on 2026-01-15   -> Jan 2:00
draw       y   3:00   on 2026-02-02   -> Jan 2:00, Feb 1:00
passbook   2026-01-01 .. 2026-05-01
2026-01-01   grant Jan                +10:00   10:00
2026-01-15   draw x                    -2:00    8:00
2026-02-01   Jan lapses over the cap   -6:00    2:00
2026-02-01   grant Feb                +10:00   12:00
2026-02-02   draw y                    -3:00    9:00
2026-03-01   Feb lapses over the cap   -7:00    2:00
2026-04-01   Feb lapses                -2:00    0:00

revoke     Jan   -> becomes deficit x 2:00, y 2:00
passbook   2026-01-01 .. 2026-05-01
2026-01-01   grant Jan                +10:00   10:00
2026-01-01   revoke Jan               -10:00    0:00
2026-01-15   draw x                    -2:00   -2:00
2026-02-01   grant Feb                +10:00    8:00
2026-02-02   draw y                    -3:00    5:00
2026-03-01   Feb lapses over the cap   -7:00   -2:00
2026-04-01   Feb lapses                -2:00   -4:00
deficit    4:00
