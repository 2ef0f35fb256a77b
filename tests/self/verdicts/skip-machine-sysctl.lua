-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: net.ipv4.tcp_max_orphans is this whole machine's, not a host's; only a virtual machine's is changed (--clock virtual)
return scenario {
  title = "skip machine sysctl",
  run = function(t)
    t:machine_sysctl("net.ipv4.tcp_max_orphans", 1) --<-
  end,
}
