# The limit counts all open deficits together
account    time, overbooking up to 2:00
draw       x   1:15   on 2026-04-01   -> deficit 1:15
draw       y   0:30   on 2026-04-20   -> deficit 0:30
draw       z   1:00   on 2026-05-03   -> deficit 0:15, not drawn 0:45
deficit    2:00
draw       q   0:01   on 2026-05-04   -> refused because 0:01 is wanted and 0:00 available

# A released deficit makes room again, a covered one too.
release    y   -> deficit 0:30
draw       r   1:00   on 2026-04-20   -> deficit 0:30, not drawn 0:30
grant      A   1:00   2026-04-01 .. 2026-04-10   -> covers x 1:00, left 0:00
deficit    1:00
draw       s   3:00   on 2026-04-05   -> deficit 1:00, not drawn 2:00
deficit    2:00
