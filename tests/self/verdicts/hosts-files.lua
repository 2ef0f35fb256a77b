-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "hosts files",
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    t.client:hosts { ["shop.test"] = t.server:address(0).address, "127.0.0.1 localhost" }
    t.client:resolver { nameserver = "192.0.2.53" }
    t.client:run { "/usr/bin/getent", "ahosts", "shop.test", name = "shop" }:exits(0):stdout():has(t.server:address(0).address)
    t.client:run { "/bin/cat", "/etc/resolv.conf", name = "resolv" }:exits(0):stdout():exactly "nameserver 192.0.2.53\n"
    -- a host's own file names every host, when left alone; and each host has its own
    t.server:run { "/usr/bin/getent", "ahosts", "client", name = "client" }:exits(0):stdout():has(t.client:address(0, "ipv4").address)
    t.server:run { "/usr/bin/getent", "hosts", "shop.test", name = "stranger" }:exits(2)
  end,
}
