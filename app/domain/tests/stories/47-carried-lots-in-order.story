# What ends first is used first, whichever lot is older
account    time, no overbooking
grant      Jan   4:00   2026-01-01 .. 2026-02-01   carried 2 periods, at most 3:00
grant      Feb   4:00   2026-02-01 .. 2026-03-01
grant      All   4:00   2025-12-01 .. 2026-01-01   carried as long as the account
draw       x   5:00   on 2026-01-10   -> Jan 4:00, All 1:00
release    x   -> Jan 4:00, All 1:00
draw       y   5:00   on 2026-02-10   -> Feb 4:00, Jan 1:00
draw       z   4:00   on 2026-02-11   -> Jan 2:00, All 2:00
lapsed     Jan   1:00   by 2026-02-01
left       All   2:00
draw       q   3:00   on 2026-01-31   -> Jan 1:00, All 2:00
