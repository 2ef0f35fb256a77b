-- SPDX-License-Identifier: MIT
-- faults.lua - the faulty programs that contracts declare, a line each, for faulty.sh
-- usage: lua5.4 faults.lua servers/*/contract.lua
-- prints contract, role, name, program, dies_in, reason, needs; parted by tabs, "-" for what is not declared
-- Exit status 1: a reason is so short that other deaths have it too.

local LEAST = 20 -- letters, "…" apart: "server never sleeps:" is the shortest that says what happened

function contract(t)
  return t
end

local short = false
for _, path in ipairs(arg) do
  local name = path:match("([^/]+)/contract%.lua$")
  for role, declared in pairs(dofile(path).roles) do
    for fault, spec in pairs(declared.faulty or {}) do
      if type(spec) == "string" then spec = { fault = spec } end
      print(table.concat({ name, role, fault, spec.program or fault, spec.dies_in or "-", spec.reason or "-",
        spec.needs and table.concat(spec.needs, " ") or "-" }, "\t"))
      if spec.reason and #spec.reason:gsub("…", "") < LEAST then
        io.stderr:write(string.format("%s.%s=@%s: reason = %q may be any death's; %d letters at least are wanted\n", name, role, fault, spec.reason, LEAST))
        short = true
      end
    end
  end
end
os.exit(not short)
