# The last end counts, and it can be taken back
account    time, no overbooking
grant      April   4:00   2026-04-01 .. 2026-05-01
draw       x   3:00   on 2026-04-20   -> April 3:00
end        2026-04-11   -> lapses April 1:00

# The draw that is dated later stays; the rest can be used until the end.
left       April   1:00
lapsed     April   1:00   by 2026-04-11
draw       y   0:30   on 2026-04-10   -> April 0:30
draw       z   0:30   on 2026-04-11   -> refused because the account ended on 2026-04-11

# Moved to the lot's own end and behind it: nothing is lost by that.
end        2026-05-01
end        2026-05-10
end        2026-05-10   -> changes nothing
lapsed     April   0:00   by 2026-04-11
available  0:30   on 2026-04-30
draw       z   0:30   on 2026-05-10   -> refused because the account ended on 2026-05-10
end        none
end        none         -> changes nothing
draw       z   0:30   on 2026-05-10   -> refused because 0:30 is wanted and 0:00 available
grant      June    1:00   2026-06-01 .. 2026-07-01
passbook   2026-04-01 .. 2026-06-01
2026-04-01   grant April       +4:00   4:00
2026-04-10   draw y            -0:30   3:30
2026-04-11   end 2026-04-11     0:00   3:30
2026-04-20   draw x            -3:00   0:30
2026-05-01   April lapses      -0:30   0:00
2026-05-01   end 2026-05-01     0:00   0:00
2026-05-10   end 2026-05-10     0:00   0:00
2026-05-10   end none           0:00   0:00
