# A grant that is taken back leaves deficits, also where overbooking is not allowed
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01
grant      B   1:00   2026-04-01 .. 2026-05-01
draw       x   1:30   on 2026-04-10   -> A 1:30
draw       y   0:30   on 2026-04-05   -> A 0:30
revoke     A   -> becomes deficit x 1:30, y 0:30
deficit    2:00
left       A   0:00
lapsed     A   0:00   by 2026-05-01
available  1:00   on 2026-04-10
balance    -1:00

# Once is enough, and the name is used up.
revoke     A   -> refused because A was already revoked
revoke     Q   -> refused because there is no lot Q
grant      A   4:00   2026-04-01 .. 2026-05-01   -> refused because A is already granted
release    x   -> deficit 1:30
deficit    0:30

# Of a lot that nobody used nothing becomes deficit.
revoke     B   -> no deficit
available  0:00   on 2026-04-10
balance    -0:30
