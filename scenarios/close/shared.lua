-- SPDX-License-Identifier: MIT
local CLIENT = [[
  use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); $| = 1;
  my ($family, $address) = @ARGV;
  my $v6 = $family eq "ipv6";
  socket(my $s, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die "socket: $!";
  connect($s, $v6 ? pack_sockaddr_in6(6000, inet_pton(AF_INET6, $address)) : pack_sockaddr_in(6000, inet_aton($address))) or die "connect: $!";
  pipe(my $r, my $w) or die "pipe: $!";
  my $child = fork // die "fork: $!";
  if ($child == 0) { close $w; <$r>; exit 0 }
  close $r;
  while (<STDIN>) {
    close $s if /parent closes/;
    shutdown($s, 1) if /parent shuts down/;
    if (/child ends/) { close $w; waitpid $child, 0 }
    print "done\n";
  }
]]

return scenario {
  title = "A socket that two processes have: close ends nothing until the last, shutdown ends it for both",
  why = [[
    fork gives the child a second descriptor of the same socket. close takes one descriptor away, and no packet goes out as long as there is
    another: a server that forks and leaves the accepted descriptor open in the parent keeps its clients waiting for an end. shutdown
    acts on the socket, whoever has it.
  ]],
  refs = { "close(2)", "shutdown(2)", "fork(2)" },
  needs = { "program:perl" },
  files = { "/usr/lib/x86_64-linux-gnu/perl-base" },
  matrix = { family = { "ipv4", "ipv6" }, how = { "close", "shutdown" } },
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local client = t.client:run { "perl", "-e", CLIENT, t.family, t.server:address(6000).address, name = "client" }
    local s = l:accept "s"
    if t.p.how == "close" then
      client:stdin "parent closes"
      client:stdout():line "done"
      s:reads_nothing():state "ESTABLISHED"
      t:expect(t.client:count "ESTABLISHED"):is(1)
      client:stdin "child ends"
    else
      client:stdin "parent shuts down"
    end
    s:reads_eof():state "CLOSE_WAIT"
    t:expect(t.client:count "FIN_WAIT2"):is(1)
    client:close_stdin()
    client:exits(0)
    s:close()
    t:flow(6000):shape [[
      client > server  S
      server > client  S.
      client > server  F.
      server > client  F.
    ]]
    t:flow(6000):never "R"
  end,
}
