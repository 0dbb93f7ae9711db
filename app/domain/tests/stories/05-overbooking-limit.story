# What is beyond the limit of overbooking is not drawn
# (example 5 of the domain rules)
account    time, overbooking up to 2:00
grant      A   4:00   2026-04-01 .. 2026-05-01
draw       x   7:00   on 2026-04-10   -> A 4:00, deficit 2:00, not drawn 1:00
deficit    2:00
left       A   0:00
balance    -2:00
