# What is left is carried on as long as the account
# (example 2 of the domain rules)
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01   carried as long as the account
grant      B   4:00   2026-05-01 .. 2026-06-01   carried as long as the account
draw       x   1:00   on 2026-04-20   -> A 1:00
available  7:00   on 2026-05-01
draw       y   5:00   on 2026-05-03   -> A 3:00, B 2:00
left       A   0:00
left       B   2:00
valid      B   2026-05-01 ..

# Without an end nothing lapses.
lapsed     B   0:00   by 2199-12-31
available  2:00   on 2199-12-31
balance    2:00
