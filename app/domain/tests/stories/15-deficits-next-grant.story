# With `next_grant` a lot also covers what happened before it, in the order of posting
account    time, overbooking without limit, deficits next_grant
draw       late    1:00   on 2026-04-20   -> deficit 1:00
draw       early   1:00   on 2026-02-10   -> deficit 1:00
draw       june    1:00   on 2026-06-01   -> deficit 1:00
draw       may     2:30   on 2026-05-31   -> deficit 2:30
grant      May     4:00   2026-05-01 .. 2026-06-01   -> covers late 1:00, covers early 1:00, covers may 2:00, left 0:00
deficit    1:30
grant      June    4:00   2026-06-01 .. 2026-07-01   -> covers june 1:00, covers may 0:30, left 2:30
deficit    0:00

# A draw that two lots covered gives back to both.
release    may     -> May 2:00, June 0:30
balance    5:00
