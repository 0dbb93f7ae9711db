# The passbook shows what lapsed on the day it is lost
account    time, overbooking up to 2:00
grant      April   4:00   2026-04-01 .. 2026-05-01
draw       x       1:00   on 2026-04-10   -> April 1:00
draw       y       1:00   on 2026-05-01   -> deficit 1:00
grant      May     4:00   2026-05-01 .. 2026-06-01   -> covers y 1:00, left 3:00
draw       z       0:30   on 2026-04-02   -> April 0:30
release    x       -> April 1:00

passbook   2026-04-01 .. 2026-07-01
2026-04-01   grant April         +4:00    4:00
2026-04-02   draw z              -0:30    3:30
2026-04-10   draw x              -1:00    2:30
2026-04-10   release x           +1:00    3:30
2026-05-01   April lapses        -3:30    0:00
2026-05-01   draw y              -1:00   -1:00
2026-05-01   grant May           +4:00    3:00
2026-05-01   May covers y 1:00    0:00    3:00
2026-06-01   May lapses          -3:00    0:00

# A part of it starts with the balance of the days before; the day of the end belongs to the next part.
passbook   2026-04-10 .. 2026-05-01
2026-04-10   draw x              -1:00    2:30
2026-04-10   release x           +1:00    3:30

passbook   2026-07-01 .. 2026-08-01
balance    6:30
