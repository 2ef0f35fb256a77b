-- SPDX-License-Identifier: MIT
-- faults.lua - the faulty programs that contracts declare, a line each, for faulty.sh
-- usage: lua5.4 faults.lua servers/*/contract.lua
-- prints contract, role, name, program, dies_in, reason; parted by tabs, "-" for what is not declared

function contract(t)
  return t
end

for _, path in ipairs(arg) do
  local name = path:match("([^/]+)/contract%.lua$")
  for role, declared in pairs(dofile(path).roles) do
    for fault, spec in pairs(declared.faulty or {}) do
      if type(spec) == "string" then spec = { fault = spec } end
      print(table.concat({ name, role, fault, spec.program or fault, spec.dies_in or "-", spec.reason or "-" }, "\t"))
    end
  end
end
