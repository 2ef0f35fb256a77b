-- SPDX-License-Identifier: MIT
-- needs.lua - what a case takes along when it is played on another machine than this one (the virtual clock's guest)
local lib = ...

-- "./a.out" → "/a.out": where a program that was named relative to this machine's folder lies in a guest, whose harness works in "/".
local function in_root(name)
  local parts = {}
  for part in name:gmatch "[^/]+" do
    if part == ".." then
      table.remove(parts)
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return "/" .. table.concat(parts, "/")
end

local function add(list, source, target, program)
  list[#list + 1] = { source = source, target = target, program = program }
end

-- A program by its name, as find_program() will look for it there.
local function add_program(list, name)
  local found = lib.find_program(name, true)
  if not found then return end -- execve(2) will say it there, as here
  if name:find("/", 1, true) then
    add(list, found, in_root(name), true)
  else
    add(list, found, found, true)
  end
end

-- Valgrind is a launcher, which starts a tool from a folder of its own and loads its libraries into the program.
local VALGRIND = {
  launcher = ".bin", -- Debian's valgrind is a script that starts valgrind.bin beside it
  folders = { "/usr/libexec/valgrind", "/usr/lib/x86_64-linux-gnu/valgrind", "/usr/lib/valgrind", "/usr/local/libexec/valgrind" },
  programs = { "memcheck-amd64-linux" },
  files = { "vgpreload_core-amd64-linux.so", "vgpreload_memcheck-amd64-linux.so", "default.supp" },
}

local function add_valgrind(list)
  local found = lib.find_program("valgrind", true)
  if not found then return end
  local launcher = found .. VALGRIND.launcher
  if lib.is_file(launcher) then add(list, launcher, launcher, true) end
  for _, folder in ipairs(VALGRIND.folders) do
    for _, name in ipairs(VALGRIND.programs) do
      if lib.is_file(folder .. "/" .. name) then add(list, folder .. "/" .. name, folder .. "/" .. name, true) end
    end
    for _, name in ipairs(VALGRIND.files) do
      if lib.is_file(folder .. "/" .. name) then add(list, folder .. "/" .. name, folder .. "/" .. name, false) end
    end
  end
  list[#list].symbols = true
end

local function add_command(list, command)
  local words = lib.words(command)
  if not words or #words == 0 then return end
  add_program(list, words[1])
  -- a file that the command line names by its absolute path is meant to be there
  for i = 2, #words do
    if words[i]:find "^/" and lib.is_file(words[i]) then add(list, words[i], words[i], false) end
  end
end

local function add_files(list, files)
  for _, path in ipairs(files or {}) do add(list, path, path, false) end
end

-- folder: where the contract's programs are built here; built: the folder that stands for it there.
function lib.needs_of(case, scenario, contract, name, folder, built)
  local list = {}
  for _, role in ipairs(contract and lib.names_of(case.cast) or {}) do
    local pick = case.cast[role]
    local command = pick.spec.command or contract.roles[role].command
    if pick.foreign then
      add_command(list, command)
    else
      local program = (pick.faulty and "faulty/" or "") .. pick.spec.program
      if command:find("{program}", 1, true) then
        add(list, folder .. "/" .. program, string.format("%s/servers/%s/%s", built, name, program), true)
      end
      if command:sub(1, 1) ~= "{" then add_command(list, command) end
    end
    add_files(list, pick.spec.files)
  end
  for _, need in ipairs(scenario.needs or {}) do
    local program = need:match "^program:(.*)$"
    if program then add_program(list, program) end
    if program == "valgrind" then add_valgrind(list) end
  end
  add_files(list, scenario.files)
  add_files(list, contract and contract.files)
  return list
end
