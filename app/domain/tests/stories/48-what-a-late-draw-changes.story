# What a draw for a month that is over changes, said before it is posted
account    time, no overbooking
grant      April   4:00   2026-04-01 .. 2026-05-01
grant      May     4:00   2026-05-01 .. 2026-06-01
draw       x   2:30   on 2026-04-20   -> April 2:30

# April's rest has lapsed; a late draw takes from it, the lapse becomes smaller, and today has what it had.
late       1:00   on 2026-04-28 seen 2026-05-10   -> April 1:00, April lapses 0:30 instead of 1:30 on 2026-05-01, today 0:00
late       3:00   on 2026-04-28 seen 2026-05-10   -> April 1:30, April lapses 0:00 instead of 1:30 on 2026-05-01, today 0:00

# A draw of this month is not late, however many days ago it was.
late       1:00   on 2026-05-02 seen 2026-05-10   -> not late
late       1:00   on 2026-04-28 seen 2026-04-30   -> not late

# What was said is what happens.
draw       y   1:00   on 2026-04-28   -> April 1:00
lapsed     April   0:30   by 2026-05-01
available  4:00   on 2026-05-10

# Closed books: nothing late any more.
books      closed until 2026-05-01
late       0:10   on 2026-04-28 seen 2026-05-10   -> refused because the books are closed until 2026-05-01
