# After the end nothing is drawn, not even as deficit; but everything can be put right
account    time, overbooking without limit
grant      April   4:00   2026-04-01 .. 2026-05-01
draw       x   2:00   on 2026-04-20   -> April 2:00
end        2026-04-16   -> lapses April 2:00
draw       y   1:00   on 2026-04-16   -> refused because the account ended on 2026-04-16
grant      May     4:00   2026-05-01 .. 2026-06-01   -> refused because the account ended on 2026-04-16

# What comes back lapses with the rest.
release    x   -> April 2:00
lapsed     April   4:00   by 2026-04-16

# Days before the end go on as ever.
draw       z   5:00   on 2026-04-15   -> April 4:00, deficit 1:00
grant      Late    1:00   2026-04-15 .. 2026-06-01   -> covers z 1:00, left 0:00
draw       q   1:00   on 2026-04-15   -> deficit 1:00

# The final balancing is after the end. Released, its rest cannot be used any more.
balance-invoice Inv on 2026-05-05 for q 1:00   -> covers q 1:00, left 0:00
deficit    0:00
release    q   -> Inv 1:00
available  0:00   on 2026-05-05
lapsed     Inv     1:00   by 2026-05-05
release    z   -> April 4:00, Late 1:00

# An end before everything loses everything, each lot on its first day.
end        2026-01-01   -> lapses April 4:00, Late 1:00, Inv 1:00
lapsed     April   4:00   by 2026-04-01
lapsed     April   0:00   by 2026-03-31
available  0:00   on 2026-04-15
