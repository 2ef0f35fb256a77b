-- SPDX-License-Identifier: MIT
local SIZES = { 0, 1, 255, 256, 257, 1048576 }

return scenario {
  title = "A transfer that broke off goes on at the very byte",
  why = [[
    The first run ends after exactly as many bytes as `offset` says: the wire is cut there and the client killed, or the client
    is reset, or it reads a clean end (which the wire format cannot tell from a whole file). The client keeps what it has;
    its second run asks from there. Then only the missing bytes may cross the wire, and the file must be the
    server's, byte for byte, NULs included. 256 is where the course's programs read and write in pieces.
  ]],
  refs = { "recv(2)", "RFC 9293, 3.10.7.4", "RFC 9293, 3.5.3" },
  contract = "tcp-resume",
  needs = { "wire" },
  matrix = { family = { "ipv4", "ipv6" }, size = SIZES, offset = { "0", "middle", "size-1", "size", "size+1" },
    interruption = { "none", "cut", "reset", "stop" } },
  where = function(p)
    local inside = p.offset == "middle" or p.offset == "size-1"
    if inside and (p.size < 3) then return false end
    if p.size == 0 and p.offset == "0" then return false end -- the same as "size"
    return inside == (p.interruption ~= "none")
  end,
  run = function(t)
    local size = t.p.size
    local bytes = t:bytes(size)
    local kept = ({ ["0"] = 0, middle = size // 2, ["size-1"] = size - 1, size = size, ["size+1"] = size + 1 })[t.p.offset]
    t:write_file("source_file", bytes)
    -- the whole file fits into the send buffer: what the server says of it does not hang on when the wire was cut
    t.server:sysctl("net.ipv4.tcp_wmem", "4096 4194304 4194304")
    local srv = t:start { role = "server" }
    local function fetch(name)
      return t:start { role = "client", name = name, address = srv:address().address, port = srv:port() }
    end

    if t.p.interruption ~= "none" then
      t.wire:cut { from = "server", after = kept }
      local cut_short = fetch "cut-short"
      local flow = t:flow(srv:port(), 1)
      t.wire:is_cut()
      t.wire:idle()
      if t.p.interruption == "reset" then
        t.wire:inject { flow = flow, from = "server", flags = "R.", seq = kept + 1 }
        cut_short:exits(2)
      elseif t.p.interruption == "stop" then
        t.wire:inject { flow = flow, from = "server", flags = "F.", seq = kept + 1 }
        cut_short:exits(0)
      else
        cut_short:kill()
      end
      t:expect(t:file "destination_file"):is(bytes:sub(1, kept))
      -- what the client's kernel says of its end is lost on the cut wire, before anything is mended
      t.wire:idle()
      -- both kernels forget the broken connection: what they would repeat of it when the wire is mended is a matter of time. A
      -- reset counts only with the very number that its receiver expects next (RFC 5961, 3.2)
      t.wire:inject { flow = flow, from = "client", flags = "R.", seq = 3 }
      t.wire:inject { flow = flow, from = "server", flags = "R.", seq = kept + (t.p.interruption == "stop" and 2 or 1) }
      t.wire:mend()
    elseif kept > 0 then
      t:write_file("destination_file", bytes:sub(1, kept) .. (kept > size and "!" or ""))
    end

    local whole = fetch "whole"
    local flow = t:flow(srv:port(), t.p.interruption == "none" and 1 or 2)
    local request = kept == 0 and "0\0" or "1\0" .. kept .. ("\0"):rep(10 - #tostring(kept))
    t:expect(flow:bytes "client > server"):is(#request)
    t:expect(flow:stream "client > server"):is(request)
    whole:exits(0)
    t:expect(flow:bytes "server > client"):is(math.max(size - kept, 0))
    t:expect(t:file "destination_file"):is(kept > size and bytes .. "!" or bytes)
    flow:never "server > client R"
    srv:runs()
  end,
}
