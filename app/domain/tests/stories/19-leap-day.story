# February has a 29th in a leap year
account    time, no overbooking
grant      Feb28   1:00   2028-02-28 .. 2028-02-29
grant      Feb     1:00   2028-02-01 .. 2028-03-01
draw       x   2:00   on 2028-02-29   -> Feb 1:00, not drawn 1:00
draw       y   2:00   on 2028-02-28   -> Feb28 1:00, not drawn 1:00

# In 2100, which is no leap year, March follows the 28th.
grant      Far     1:00   2100-02-28 .. 2100-03-01
draw       z   1:00   on 2100-02-28   -> Far 1:00
passbook   2028-02-28 .. 2028-03-02
2028-02-28   grant Feb28   +1:00   2:00
2028-02-28   draw y        -1:00   1:00
2028-02-29   draw x        -1:00   0:00
