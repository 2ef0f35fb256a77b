-- SPDX-License-Identifier: MIT
return scenario {
  title = "A server that nobody here wrote, busybox httpd, and the client understand each other",
  why = [[
    Client and server by one hand may agree on what is wrong. busybox httpd puts other fields into its answer, in another order, and sends
    its own page with 404.
  ]],
  refs = { "busybox(1)", "RFC 9112" },
  contract = "http-get",
  needs = { "program:busybox", "program:touch" },
  matrix = { family = { "ipv4", "ipv6" }, size = { 0, 1, 100000 } },
  run = function(t)
    local bytes = t:bytes(t.p.size)
    t:write_file("file.bin", bytes)
    -- Last-Modified and ETag are made of the time when the file was written
    local server
    t:given(function()
      t.server:run { "touch", "-d", "1994-11-06T08:49:37Z", "file.bin" }:exits(0)
      server = t.server:run { "busybox", "httpd", "-f", "-p", "8080", "-h", "." }:listens(8080)
    end)
    local client = t:start { role = "client", address = server:address().address, port = 8080, path = "/file.bin" }
    client:exits(0)
    client:stdout():exactly(bytes)
    client:stderr():exactly { "status 200" }
    local missing = t:start { role = "client", name = "missing", address = server:address().address, port = 8080, path = "/none" }
    missing:exits(3)
    missing:stderr():exactly { "status 404" }
    t:flow(8080, 1):never "client > server R"
  end,
}
