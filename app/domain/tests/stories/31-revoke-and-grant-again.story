# Billing again covers the deficits that the cancellation left, in the order of the draws
account    time, overbooking up to 2:00
grant      A   4:00   2026-04-01 .. 2026-05-01
draw       late    1:00   on 2026-04-20   -> A 1:00
draw       early   2:00   on 2026-04-05   -> A 2:00
draw       over    2:00   on 2026-04-21   -> A 1:00, deficit 1:00
revoke     A   -> becomes deficit late 1:00, early 2:00, over 1:00

# Only a revoke may pass the limit; then there is no room for more.
deficit    5:00
draw       more    1:00   on 2026-04-22   -> refused because 1:00 is wanted and 0:00 available
grant      A2  4:00   2026-04-01 .. 2026-05-01   -> covers late 1:00, covers early 2:00, covers over 1:00, left 0:00
deficit    1:00
release    early   -> A2 2:00
available  2:00   on 2026-04-22
balance    1:00
