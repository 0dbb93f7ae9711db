# Deficits of earlier months covered by hand from a later lot
account    time, overbooking without limit, deficits balance
draw       march   1:00   on 2026-03-31   -> deficit 1:00
draw       april   2:00   on 2026-04-10   -> deficit 2:00
grant      May     4:00   2026-05-01 .. 2026-06-01
deficit    3:00
cover      april 1:00 from May   -> left 3:00, deficit 1:00
cover      march 1:00 from May   -> left 2:00, deficit 0:00
cover      april 1:00 from May   -> left 1:00, deficit 0:00
deficit    0:00
available  1:00   on 2026-05-01
balance    1:00

# What was covered belongs to the draw: its release gives it back.
release    april   -> May 2:00
left       May     3:00
passbook   2026-05-01 .. 2026-07-01
2026-05-01   grant May              +4:00   3:00
2026-05-01   May covers april 1:00   0:00   3:00
2026-05-01   May covers march 1:00   0:00   3:00
2026-05-01   May covers april 1:00   0:00   3:00
2026-06-01   May lapses             -3:00   0:00
