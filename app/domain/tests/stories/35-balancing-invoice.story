# A balancing invoice grants what it bills
account    time, overbooking without limit
draw       x   2:00   on 2026-04-10   -> deficit 2:00
draw       y   3:00   on 2026-04-20   -> deficit 3:00
balance-invoice Inv on 2026-05-15 for y 3:00, x 1:00   -> covers x 1:00, covers y 3:00, left 0:00
deficit    1:00
available  0:00   on 2026-05-15

# Nothing is billed twice.
balance-invoice Two on 2026-05-16 for x 1:01           -> refused because x has a deficit of 1:00
balance-invoice Two on 2026-05-16 for x 0:30, x 0:31   -> refused because x has a deficit of 0:30
balance-invoice Two on 2026-05-16 for y 0:01           -> refused because y has a deficit of 0:00
balance-invoice Two on 2026-05-16 for x 0:00           -> refused because the amount is not positive
balance-invoice Inv on 2026-05-16 for x 1:00           -> refused because Inv is already granted
balance    -1:00

# The draw is released later: what was paid for it stays usable, from the invoice on and as long as the account.
release    y   -> Inv 3:00
available  0:00   on 2026-05-14
available  3:00   on 2026-05-15
available  3:00   on 2036-05-15
draw       z   4:00   on 2026-08-01   -> Inv 3:00, deficit 1:00

# The invoice is cancelled: everything that it paid is open again.
revoke     Inv   -> becomes deficit x 1:00, z 3:00
deficit    6:00
balance    -6:00
