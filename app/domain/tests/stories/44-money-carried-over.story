# A monthly budget in euros, carried over to the cent
account    money EUR, overbooking up to 50.00
grant      Jan   100.00   2026-01-01 .. 2026-02-01   carried 1 period, at most 20.00
grant      Feb   100.00   2026-02-01 .. 2026-03-01
draw       inv1   30.05   on 2026-01-20   -> Jan 30.05
draw       inv2   25.00   on 2026-02-03   -> Jan 20.00, Feb 5.00
lapsed     Jan   49.95   by 2026-02-01
draw       inv3   49.96   on 2026-01-31   -> Jan 49.95, deficit 0.01
lapsed     Jan   0.00   by 2026-02-01
draw       inv4   100.00  on 2026-02-28   -> Feb 95.00, deficit 5.00
deficit    5.01
grant      Mar   100.00   2026-03-01 .. 2026-04-01
balance-invoice Bal on 2026-03-02 for inv3 0.01, inv4 5.00   -> covers inv3 0.01, covers inv4 5.00, left 0.00
deficit    0.00
available  100.00   on 2026-03-02
balance    100.00
