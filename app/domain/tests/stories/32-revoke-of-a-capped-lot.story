# A carried lot is taken back with what both months drew from it
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01
draw       x   3:00   on 2026-01-10   -> Jan 3:00
draw       y   3:00   on 2026-02-02   -> Jan 2:00, Feb 1:00
lapsed     Jan   5:00   by 2026-02-01
revoke     Jan   -> becomes deficit x 3:00, y 2:00
lapsed     Jan   0:00   by 2026-02-01
available  9:00   on 2026-02-10

# Granted again with a smaller cap: February's draw is covered only as far as the cap goes.
grant      Jan2  6:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 1:00   -> covers x 3:00, covers y 1:00, left 2:00
deficit    1:00
lapsed     Jan2  2:00   by 2026-02-01
available  9:00   on 2026-02-10
release    y   -> Feb 1:00, Jan2 1:00, deficit 1:00
available  11:00  on 2026-02-10
