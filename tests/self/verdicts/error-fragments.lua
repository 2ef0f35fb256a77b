-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: fragments crossed the link, and patterns do not speak of them: send less than the MTU at once
-- the script's own datagram: by a socket that is bound, one that sending gave a port, and as it was injected; a program that answers in kind is not to blame
return scenario {
  title = "error fragments",
  matrix = { how = { "connected", "sent", "closed", "injected", "echoed" } },
  run = function(t)
    local echo = t.server:run { "socat", "-b", "4000", "UDP6-LISTEN:6000,ipv6only=0,fork", "EXEC:/bin/cat", name = "echo" }
    echo:listens(6000, "udp")
    t.client:run { "/bin/cat", name = "beside" }
    local u = t.client:socket("u", "udp")
    if t.p.how == "injected" then
      u:connect(echo):connected():send "x"
      t.wire:inject { raw = "\x45\0\0\28\0\1\x20\0\x40\17\0\0\192\0\2\1\192\0\2\2\0\9\0\9\0\x64\0\0" }
    elseif t.p.how == "connected" or t.p.how == "echoed" then
      u:connect(echo):connected():send(t:bytes(3000))
      if t.p.how == "echoed" then u:receives(t:bytes(3000)) end
    else
      -- to nobody, where the port is to be closed before an answer could come
      u:send(t:bytes(3000), { to = t.p.how == "sent" and echo or t.server:address(9) })
      if t.p.how == "closed" then u:close() end
    end
    t:flow(6000, 1):count("server > client udp", { max = 9 }) --<-
  end,
}
