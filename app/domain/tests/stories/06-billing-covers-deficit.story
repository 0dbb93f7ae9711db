# Time worked before the billing is covered by it
# (example 6 of the domain rules)
account    time, overbooking without limit
draw       x   1:00   on 2026-05-03   -> deficit 1:00
deficit    1:00
balance    -1:00
grant      May 4:00   2026-05-01 .. 2026-06-01   -> covers x 1:00, left 3:00
left       May 3:00
deficit    0:00
balance    3:00
available  3:00   on 2026-05-03
