-- SPDX-License-Identifier: MIT
-- verdict: fail
-- reason: c: connect(192.0.2.2:6001) = -1 ECONNREFUSED; expected the connection to be established
return scenario {
  title = "fail together",
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(4)

    t:together {
      function() l:accept "s" end,
      function()
        t.client:socket("c"):connect(t.server:address(6001)):connected() --<-
      end,
    }
  end,
}
