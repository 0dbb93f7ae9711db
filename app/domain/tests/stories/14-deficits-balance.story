# With `balance` a lot covers only what happened within its validity
account    time, overbooking without limit, deficits balance
draw       march   1:00   on 2026-03-31   -> deficit 1:00
draw       first   1:00   on 2026-04-01   -> deficit 1:00
draw       last    1:00   on 2026-04-30   -> deficit 1:00
draw       may     1:00   on 2026-05-01   -> deficit 1:00
grant      April   4:00   2026-04-01 .. 2026-05-01   -> covers first 1:00, covers last 1:00, left 2:00
deficit    2:00
left       April   2:00

# What is left after covering is drawn as usual; the deficits of other months stay open.
draw       x   3:00   on 2026-04-15   -> April 2:00, deficit 1:00
deficit    3:00
balance    -3:00
