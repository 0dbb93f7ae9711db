# Closed books stop draws, but not release, revoke and cover
account    time, overbooking without limit
grant      April   4:00   2026-04-01 .. 2026-05-01
draw       x   2:00   on 2026-04-10   -> April 2:00
draw       y   3:00   on 2026-04-11   -> April 2:00, deficit 1:00
books      closed until 2026-05-01
draw       z   1:00   on 2026-04-30   -> refused because the books are closed until 2026-05-01
grant      May     4:00   2026-05-01 .. 2026-06-01
draw       z   1:00   on 2026-05-01   -> May 1:00
release    x   -> April 2:00
cover      y 1:00 from May   -> left 2:00, deficit 0:00
revoke     April   -> becomes deficit y 2:00
grant      Again   4:00   2026-04-01 .. 2026-05-01   -> covers y 2:00, left 2:00
available  2:00   on 2026-04-30
draw       q   1:00   on 2026-04-30   -> refused because the books are closed until 2026-05-01

# Opened again.
books      closed until 2026-04-30
draw       q   1:00   on 2026-04-29   -> refused because the books are closed until 2026-04-30
draw       q   1:00   on 2026-04-30   -> Again 1:00
