-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: srv listens on a path; it takes an AF_UNIX socket to connect there
return scenario {
  title = "error path of tcp",
  world = "loop",
  run = function(t)
    local srv = t.server:run { "socat", "-u", "UNIX-LISTEN:here.sock", "STDOUT", name = "srv" }:listens "here.sock"
    t.client:socket("c"):connect(srv) --<-
  end,
}
