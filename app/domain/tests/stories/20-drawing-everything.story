# Drawing exactly everything, to the second
account    time, no overbooking
grant      A   0:00:01   2026-04-01 .. 2026-05-01
grant      B   3:59:59   2026-04-01 .. 2026-05-01
available  4:00   on 2026-04-01
draw       x   4:00   on 2026-04-01   -> A 0:00:01, B 3:59:59
available  0:00   on 2026-04-01
draw       y   0:00:01   on 2026-04-01   -> refused because 0:00:01 is wanted and 0:00 available
lapsed     A   0:00   by 2026-05-01
lapsed     B   0:00   by 2026-05-01

# Nothing lapses where nothing is left.
passbook   2026-04-01 .. 2026-06-01
2026-04-01   grant A   +0:00:01   0:00:01
2026-04-01   grant B   +3:59:59   4:00
2026-04-01   draw x    -4:00      0:00
