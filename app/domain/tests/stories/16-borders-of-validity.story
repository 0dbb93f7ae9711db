# The first day belongs to a lot, the day of its end does not
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01
draw       w   1:00   on 2026-03-31   -> refused because 1:00 is wanted and 0:00 available
draw       x   1:00   on 2026-04-01   -> A 1:00
draw       y   1:00   on 2026-04-30   -> A 1:00
draw       z   1:00   on 2026-05-01   -> refused because 1:00 is wanted and 0:00 available
available  0:00   on 2026-03-31
available  2:00   on 2026-04-01
available  2:00   on 2026-04-30
available  0:00   on 2026-05-01
lapsed     A   0:00   by 2026-04-30
lapsed     A   2:00   by 2026-05-01

# A lot for a single day; none for no day or for a day before its first one.
grant      Day    1:00   2026-05-10 .. 2026-05-11
draw       d   2:00   on 2026-05-10   -> Day 1:00, not drawn 1:00
grant      Empty  1:00   2026-05-10 .. 2026-05-10   -> refused because the validity is empty
grant      Back   1:00   2026-05-10 .. 2026-05-09   -> refused because the validity is empty
