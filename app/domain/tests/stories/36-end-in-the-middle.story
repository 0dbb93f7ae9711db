# The account ends in the middle of a lot and before another begins
account    time, no overbooking
grant      April   4:00   2026-04-01 .. 2026-05-01
grant      May     4:00   2026-05-01 .. 2026-06-01
draw       x   1:00   on 2026-04-10   -> April 1:00
end        2026-04-16   -> lapses April 3:00, May 4:00
available  3:00   on 2026-04-15
available  0:00   on 2026-04-16
available  0:00   on 2026-05-01
grant      June    4:00   2026-06-01 .. 2026-07-01   -> refused because the account ended on 2026-04-16

# A lot that never begins lapses on its first day, after its grant.
passbook   2026-04-01 .. 2026-07-01
2026-04-01   grant April      +4:00   4:00
2026-04-10   draw x           -1:00   3:00
2026-04-16   April lapses     -3:00   0:00
2026-04-16   end 2026-04-16    0:00   0:00
2026-05-01   grant May        +4:00   4:00
2026-05-01   May lapses       -4:00   0:00
