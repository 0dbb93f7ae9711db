# Carried as long as the account, until it ends
account    time, no overbooking
grant      A   4:00   2026-04-01 .. 2026-05-01   carried as long as the account
grant      B   4:00   2026-05-01 .. 2026-06-01   carried as long as the account
grant      C   4:00   2026-05-01 .. 2026-06-01
draw       x   1:00   on 2026-04-20   -> A 1:00
end        2026-07-01   -> lapses A 3:00, B 4:00
available  7:00   on 2026-06-30
available  0:00   on 2026-07-01
draw       y   1:00   on 2026-07-01   -> refused because the account ended on 2026-07-01
draw       y   5:00   on 2026-06-30   -> A 3:00, B 2:00
passbook   2026-06-01 .. 2026-08-01
2026-06-01   C lapses         -4:00   7:00
2026-06-30   draw y           -5:00   2:00
2026-07-01   B lapses         -2:00   0:00
2026-07-01   end 2026-07-01    0:00   0:00
