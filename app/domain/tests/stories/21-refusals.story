# What is refused changes nothing
account    time, overbooking without limit
grant      A   4:00   2026-04-01 .. 2026-05-01
grant      B   0:00   2026-04-01 .. 2026-05-01   -> refused because the amount is not positive
grant      B   -1:00  2026-04-01 .. 2026-05-01   -> refused because the amount is not positive
grant      B   300000000:00   2026-04-01 ..      -> refused because the amount is too large
grant      B   4:00   1899-12-31 .. 2026-05-01   -> refused because the books do not have 1899-12-31
grant      B   4:00   2026-04-01 .. 2200-01-01   -> refused because the books do not have 2200-01-01
draw       x   0:00   on 2026-04-01   -> refused because the amount is not positive
draw       x   -1:00  on 2026-04-01   -> refused because the amount is not positive
draw       x   1:00   on 2200-01-01   -> refused because the books do not have 2200-01-01
balance    4:00
deficit    0:00

# The names were not used up: both commands can be sent in order.
grant      B   1:00   2026-04-01 .. 2026-05-01
draw       x   5:00   on 2026-04-01   -> A 4:00, B 1:00
