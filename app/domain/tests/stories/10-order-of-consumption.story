# Which lot is used first
account    time, no overbooking

# Granted in an order that has nothing to do with the order of use:
grant      Forever      1:00   2026-01-01 ..
grant      June         1:00   2026-05-01 .. 2026-06-01
grant      MayShort     1:00   2026-04-10 .. 2026-05-01
grant      MayLong      1:00   2026-04-01 .. 2026-05-01
grant      MayLong2     1:00   2026-04-01 .. 2026-05-01
grant      ForeverEarly 1:00   2025-01-01 ..
grant      Next         1:00   2026-04-01 .. 2026-06-01

# The earliest end first; then the earliest start; then the one that was granted first; those without an end last.
draw       x   6:30   on 2026-04-15   -> MayLong 1:00, MayLong2 1:00, MayShort 1:00, Next 1:00, ForeverEarly 1:00, Forever 1:00, not drawn 0:30
left       June   1:00
release    x   -> MayLong 1:00, MayLong2 1:00, MayShort 1:00, Next 1:00, ForeverEarly 1:00, Forever 1:00

# What is given back is first again.
draw       y   1:30   on 2026-04-15   -> MayLong 1:00, MayLong2 0:30
draw       z   1:00   on 2026-04-15   -> MayLong2 0:30, MayShort 0:30
