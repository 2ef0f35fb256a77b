-- SPDX-License-Identifier: MIT
-- verdict: error
-- reason: a case (t) has no verb "skip_unles"; did you mean "skip_unless"?
return scenario {
  title = "error unknown verb of t",
  run = function(t)
    t:skip_unles "wire" --<-
  end,
}
