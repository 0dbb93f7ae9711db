# Releasing an overbooked draw drops what is still open and gives back what was covered
account    time, overbooking without limit
grant      A   1:00   2026-04-01 .. 2026-05-01
draw       x   4:00   on 2026-04-03   -> A 1:00, deficit 3:00
draw       y   1:00   on 2026-04-04   -> deficit 1:00
grant      B   2:00   2026-04-01 .. 2026-05-01   -> covers x 2:00, left 0:00
deficit    2:00
balance    -2:00
release    x   -> A 1:00, B 2:00, deficit 1:00
deficit    1:00
available  3:00   on 2026-04-04

# The deficit of the other draw stays its own: only a new grant covers it.
draw       z   3:00   on 2026-04-04   -> A 1:00, B 2:00
grant      C   0:30   2026-04-01 .. 2026-05-01   -> covers y 0:30, left 0:00
deficit    0:30
balance    -0:30
