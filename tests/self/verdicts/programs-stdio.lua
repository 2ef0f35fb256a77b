-- SPDX-License-Identifier: MIT
-- verdict: pass
return scenario {
  title = "programs stdio",
  run = function(t)
    local cat = t.client:run "/bin/cat"
    cat:stdin "one":input "two":input "\0\xff\n":close_stdin():exits(0)
    cat:stdout():exactly "one\ntwo\0\xff\n"
    cat:stderr():exactly ""
    -- through pipes stdin and stdout are no terminals; through a pseudo-terminal all three are, and it is the controlling one
    local ask = "for n in 0 1 2; do test -t $n && echo $n; done; echo - >/dev/tty && echo tty; true"
    t.client:run { "/bin/sh", "-c", ask .. " 2>/dev/null", name = "piped" }:exits(0):stdout():exactly ""
    local terminal = t.client:run { "/bin/sh", "-c", "stty -onlcr; " .. ask, name = "terminal", terminal = true }
    terminal:stdout():line "1"
    terminal:exits(0):stdout():has "tty"
  end,
}
