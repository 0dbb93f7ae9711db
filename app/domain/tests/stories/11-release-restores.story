# A released draw gives back exactly what it took, once
account    time, no overbooking
grant      A   2:00   2026-04-01 .. 2026-05-01
grant      B   2:00   2026-04-01 .. 2026-06-01
draw       x   3:00   on 2026-04-05   -> A 2:00, B 1:00
draw       y   0:30   on 2026-04-06   -> B 0:30
release    x   -> A 2:00, B 1:00
left       A   2:00
left       B   1:30
balance    3:30

# Neither the release nor the draw can be sent again, and an unknown draw cannot be undone.
release    x   -> refused because x was already released
draw       x   1:00   on 2026-04-05   -> refused because x is already drawn
release    q   -> refused because there is no draw q
grant      A   9:00   2026-04-01 .. 2026-05-01   -> refused because A is already granted
left       A   2:00
balance    3:30
