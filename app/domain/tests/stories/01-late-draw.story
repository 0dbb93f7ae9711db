# A late draw uses the lots of its own date
# (example 1 of the domain rules)
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01
grant      B   4:00   2026-05-01 .. 2026-06-01
draw       x   3:00   on 2026-04-20   -> A 3:00
draw       y   2:00   on 2026-05-02   -> B 2:00
draw       z   2:00   on 2026-04-30   -> A 1:00, not drawn 1:00
available  2:00   on 2026-05-02
left       A   0:00
left       B   2:00
balance    2:00
