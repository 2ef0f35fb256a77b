-- SPDX-License-Identifier: MIT
return contract {
  title = "Redis: commands and answers over TCP",
  refs = { "redis-server(1)", "https://redis.io/docs/reference/protocol-spec" },
  promise = [[
    Listens on the TCP port it is told, for IPv4 and IPv6. A client sends commands, each a line ended by CR LF, or
    an array `*N` of strings `$LENGTH` with as many bytes behind each; each command gets one answer, in the
    order in which they came, to each client its own. Keys are kept until the server ends.
  ]],
  roles = {
    server = {
      -- no keys are written to a disk, and nobody is kept out: the hosts are its only network
      command = "redis-server --port {port} --bind * -::* --protected-mode no --save '' --appendonly no --dir {dir} --logfile redis.log",
      port = 6379,
      implementations = { redis = {} },
    },
  },
}
