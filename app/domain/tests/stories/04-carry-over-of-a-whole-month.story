# A month without any draw carries its whole lot, as far as the cap goes
# (example 4 of the domain rules)
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 10:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01   carried 1 period, at most 2:00
grant      Mar   10:00   2026-03-01 .. 2026-04-01   carried 1 period
available  10:00   on 2026-01-31
available  20:00   on 2026-02-01
lapsed     Jan   0:00    by 2026-02-28
lapsed     Jan   10:00   by 2026-03-01
available  12:00   on 2026-03-01
lapsed     Feb   8:00    by 2026-03-01
available  10:00   on 2026-04-01
draw       x   11:00   on 2026-04-30   -> Mar 10:00, not drawn 1:00
