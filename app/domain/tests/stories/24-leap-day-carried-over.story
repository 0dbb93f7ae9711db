# On a leap day the carried part begins
account    time, no overbooking
from-anchor 2028-01-31 every 1 month
grant      Jan   4:00   2028-01-31 .. 2028-02-29   carried 1 period, at most 1:00
valid      Jan   2028-01-31 .. 2028-03-31
draw       x   2:00   on 2028-02-28   -> Jan 2:00
available  2:00   on 2028-02-28
available  1:00   on 2028-02-29
lapsed     Jan   0:00   by 2028-02-28
lapsed     Jan   1:00   by 2028-02-29
draw       y   2:00   on 2028-02-29   -> Jan 1:00, not drawn 1:00

# The day before is still January's own: what lapsed over the cap can be used.
draw       z   2:00   on 2028-02-28   -> Jan 1:00, not drawn 1:00
lapsed     Jan   0:00   by 2028-02-29
