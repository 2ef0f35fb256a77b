-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "a traced program is frozen, and goes on where it was",
  world = "loop",
  run = function(t)
    local cat = t.client:run { "cat", traced = true }
    cat:sleeps()
    cat:freeze()
    cat:stdin "hello"
    t.wire:idle()
    t:expect(cat:calls "write"):is(0)
    cat:thaw()
    cat:stdout():line "hello"
    -- the read that waited was begun again by the kernel: it is one
    cat:call [[read(0, _) = 6]]
    cat:signal "TERM":killed_by "TERM"
  end,
}
