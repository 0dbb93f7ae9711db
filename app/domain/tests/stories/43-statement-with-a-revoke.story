# A month is billed again between two statements
account    time, no overbooking
grant      A    4:00   2026-04-01 .. 2026-05-01
draw       x    3:00   on 2026-04-10   -> A 3:00
statement  (0, 2026-03-31) .. (2, 2026-04-30)   -> opening 0:00, closing 1:00
2026-04-01   grant A              +4:00   4:00
2026-04-10   draw x               -3:00   1:00

# Entry 3; entries 4 and 5.
revoke     A    -> becomes deficit x 3:00
grant      A2   6:00   2026-04-01 .. 2026-05-01   -> covers x 3:00, left 3:00
statement  (2, 2026-04-30) .. (5, 2026-05-01)   -> opening 1:00, closing 0:00
2026-04-01   revoke A             -4:00  -3:00   late
2026-04-01   grant A2             +6:00   3:00   late
2026-04-01   A2 covers x 3:00      0:00   3:00   late
2026-05-01   lapse of A2          -3:00   0:00

# Had the first statement gone until May 1, the lapse of the old lot would be taken back.
statement  (2, 2026-05-01) .. (5, 2026-05-01)   -> opening 0:00, closing 0:00
2026-04-01   revoke A             -4:00  -4:00   late
2026-04-01   grant A2             +6:00   2:00   late
2026-04-01   A2 covers x 3:00      0:00   2:00   late
2026-05-01   lapse of A           +1:00   3:00   late
2026-05-01   lapse of A2          -3:00   0:00   late
