# A prepaid block in euros, to the cent
account    money EUR, overbooking up to 50.00
grant      Block   399.99   2026-04-01 ..
draw       inv1    399.98   on 2026-04-02   -> Block 399.98
available  0.01   on 2026-04-02
draw       inv2    20.00    on 2026-04-03   -> Block 0.01, deficit 19.99
draw       inv3    40.00    on 2026-04-04   -> deficit 30.01, not drawn 9.99
deficit    50.00
draw       inv4    0.01     on 2026-04-05   -> refused because 0.01 is wanted and 0.00 available
balance    -50.00
grant      Again   100.00   2026-04-01 ..   -> covers inv2 19.99, covers inv3 30.01, left 50.00
release    inv2    -> Block 0.01, Again 19.99
balance    70.00
left       Block   0.01
left       Again   69.99
