# A year from a leap day ends on the 28th, except in the next leap year
account    time, no overbooking
grant      A   1:00   2028-02-29 .. 2029-02-28   carried 1 period
grant      B   1:00   2028-02-29 .. 2029-02-28   carried 3 periods
valid      A   2028-02-29 .. 2030-02-28
valid      B   2028-02-29 .. 2032-02-29
available  2:00   on 2030-02-27
available  1:00   on 2030-02-28
available  1:00   on 2032-02-28
available  0:00   on 2032-02-29
