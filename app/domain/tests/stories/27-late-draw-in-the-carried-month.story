# All draws after the lot's own period share one cap, whenever they are posted
account    time, no overbooking
grant      Jan   10:00   2026-01-01 .. 2026-02-01   carried 1 period, at most 2:00
grant      Feb   10:00   2026-02-01 .. 2026-03-01
draw       a   1:00   on 2026-02-20   -> Jan 1:00
draw       b   2:00   on 2026-02-03   -> Jan 1:00, Feb 1:00
draw       c   1:00   on 2026-01-31   -> Jan 1:00
left       Jan   7:00
available  9:00    on 2026-02-28

# What is released has room under the cap again.
release    a   -> Jan 1:00
left       Jan   8:00
available  10:00   on 2026-02-28

# The cap is no promise: when January uses its lot up, less is carried.
draw       d   7:30   on 2026-01-10   -> Jan 7:30
left       Jan   0:30
available  9:30    on 2026-02-28
