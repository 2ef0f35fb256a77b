-- SPDX-License-Identifier: MIT
-- What the programs of this folder are graded by: the student's Makefile counts, so that one may attack.
return assignment {
  title = "TCP echo server",
  contract = "tcp-echo",
  programs = { server = { exe = "server", start = "{exe} {port} {backlog}" } },
  build = { command = "if test -f Makefile; then exec make; fi; exec gcc -std=gnu17 -D_GNU_SOURCE -O2 -o server *.c", own_makefile = true, seconds = 20 },
  limits = { processes = 32 },
  tests = {
    { name = "listens where it is told", points = 10, scenarios = { "connect/announced" } },
    { name = "echoes and closes", points = 20, scenarios = { "close/half-close" }, after = { "listens where it is told" } },
    { name = "many clients at once", points = 10, scenarios = { "accept/many-at-once" }, after = { "echoes and closes" } },
  },
}
