-- SPDX-License-Identifier: MIT
return scenario {
  title = "listen called again changes the limit, and nobody who waits loses his place",
  why = [[
    On a listening socket the call only sets the new limit. Raised, it makes room for clients that were dropped a moment ago: their
    next SYN is answered. Lowered below the number of those who wait, it takes nobody out of the queue; new ones are dropped until
    fewer wait than that. Without bind, the first listen chooses a port.
  ]],
  refs = { "listen(2)", "net/ipv4/af_inet.c: __inet_listen_sk()" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(0)
    t.client:socket("a"):connect(l):connected():send "a"
    t:expect(l:queue()):is { waiting = 1, limit = 0 }
    local dropped = t.client:socket("dropped"):connect(l):connecting()
    dropped:state("SYN_SENT"):close()
    dropped.flow:never "server > client"

    l:listen(2)
    t:expect(l:queue()):is { waiting = 1, limit = 2 }
    t.client:socket("b"):connect(l):connected():send "b"
    t.client:socket("c"):connect(l):connected():send "c"
    t:expect(l:queue()):is { waiting = 3, limit = 2 }

    l:listen(1)
    t:expect(l:queue()):is { waiting = 3, limit = 1 }
    l:accept("sa"):receives "a"
    local late = t.client:socket("late"):connect(l):connecting()
    late:state("SYN_SENT"):close()
    late.flow:never "server > client"
    l:accept("sb"):receives "b"
    t.client:socket("d"):connect(l):connected():send "d"
    l:accept("sc"):receives "c"
    l:accept("sd"):receives "d"
    t:expect(l:queue()):is { waiting = 0, limit = 1 }

    local chosen = t.server:socket("chosen"):listen(1)
    t:expect(chosen:port()):at_least(1)
    t:expect(chosen:queue()):is { limit = 1 }
    t.client:socket("guest"):connect(t.server:address(chosen:port())):connected()
  end,
}
