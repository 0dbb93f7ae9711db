# A draft's draw is in no statement before its document is issued
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01
draw       x       1:00   on 2026-04-10   -> A 1:00
draw       draft   2:00   on 2026-04-12   -> A 2:00
available  1:00   on 2026-04-12
statement  (0, 2026-03-31) .. (3, 2026-04-30) holds draft   -> opening 0:00, closing 3:00
2026-04-01   grant A        +4:00   4:00
2026-04-10   draw x         -1:00   3:00

# Still a draft when the lot ends: what it holds counts as lapsed, until the document is issued.
statement  (3, 2026-04-30) .. (3, 2026-05-01) holds draft   -> opening 3:00, closing 0:00
2026-05-01   lapse of A     -3:00   0:00

# Issued: the same amount is drawn for good.
release    draft   -> A 2:00
draw       issued  2:00   on 2026-04-12   -> A 2:00
statement  (3, 2026-05-01) .. (5, 2026-05-31) holds draft   -> opening 0:00, closing 0:00
2026-04-12   draw issued    -2:00  -2:00   late
2026-05-01   lapse of A     +2:00   0:00   late
