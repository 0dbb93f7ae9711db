# What no cover can do
account    time, overbooking without limit
grant      Old     1:00   2026-03-01 .. 2026-04-01
draw       x       2:00   on 2026-04-10   -> deficit 2:00
grant      May     1:00   2026-05-01 .. 2026-06-01
grant      June    4:00   2026-06-01 .. 2026-07-01
cover      x 2:01 from June    -> refused because x has a deficit of 2:00
cover      x 1:30 from May     -> refused because May has only 1:00 for it
cover      x 1:00 from Old     -> refused because Old was granted before x
cover      x 0:00 from May     -> refused because the amount is not positive
cover      x -1:00 from May    -> refused because the amount is not positive
cover      y 1:00 from May     -> refused because y has a deficit of 0:00
cover      x 1:00 from Later   -> refused because there is no lot Later
revoke     June    -> no deficit
cover      x 1:00 from June    -> refused because June has only 0:00 for it
deficit    2:00
balance    0:00

# Up to what there is, and no further.
cover      x 1:00 from May     -> left 0:00, deficit 1:00
cover      x 0:01 from May     -> refused because May has only 0:00 for it
deficit    1:00
