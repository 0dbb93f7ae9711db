# One further period, and never more of it than the cap
# (example 3 of the domain rules)
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01   carried 1 period, at most 2:00
valid      Jan   2026-01-01 .. 2026-03-01
draw       x   2:00   on 2026-01-15   -> Jan 2:00
available  8:00    on 2026-01-31
available  12:00   on 2026-02-01
draw       y   3:00   on 2026-02-02   -> Jan 2:00, Feb 1:00
lapsed     Jan   6:00   by 2026-03-01
available  9:00    on 2026-02-28

# In March the rule is February's: of the 9:00 that are left 2:00 are carried.
available  2:00    on 2026-03-01
lapsed     Feb   7:00   by 2026-03-01
lapsed     Feb   9:00   by 2026-04-01
