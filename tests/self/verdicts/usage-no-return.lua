-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: the file must end with: return scenario { … }
local nothing = 1
assert(nothing)
