-- SPDX-License-Identifier: MIT
-- verdict: usage
-- reason: "shared" is not declared; write local shared = …
shared = 1 --<-
return scenario { title = "a global", run = function(t) end }
