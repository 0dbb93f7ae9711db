# A draw for a month whose rest was carried over: less is lost over the cap, and today may have less
account    time, overbooking without limit
grant      April   10:00   2026-04-01 .. 2026-05-01   carried 1 period, at most 2:00
grant      May     4:00    2026-05-01 .. 2026-06-01
draw       x   2:00   on 2026-04-20   -> April 2:00
lapsed     April   6:00   by 2026-05-01

# Up to what exceeds the cap, today loses nothing.
late       6:00   on 2026-04-28 seen 2026-05-10   -> April 6:00, April lapses 0:00 instead of 6:00 over its cap on 2026-05-01, today 0:00
# More than that comes out of what is still there today.
late       7:00   on 2026-04-28 seen 2026-05-10   -> April 7:00, April lapses 0:00 instead of 6:00 over its cap on 2026-05-01, April lapses 1:00 instead of 2:00 on 2026-06-01, today -1:00
