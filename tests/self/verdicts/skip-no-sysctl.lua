-- SPDX-License-Identifier: MIT
-- verdict: skip
-- reason: this kernel has no sysctl net.ipv4.no_such_sysctl
return scenario {
  title = "skip no sysctl",
  run = function(t)
    t:skip_unless "sysctl:net.ipv4.no_such_sysctl" --<-
  end,
}
