-- SPDX-License-Identifier: MIT
-- accepts on each line of input until it cannot, and then gives one connection up
local SERVER = [[
  use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); use Errno; $| = 1;
  my ($family, $address) = @ARGV;
  my $v6 = $family eq "ipv6";
  socket(my $l, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die "socket: $!";
  bind($l, $v6 ? pack_sockaddr_in6(6000, inet_pton(AF_INET6, $address)) : pack_sockaddr_in(6000, inet_aton($address))) or die "bind: $!";
  listen($l, 64) or die "listen: $!";
  my @kept;
  while (<STDIN>) {
    while (accept(my $c, $l)) { push @kept, $c }
    print $!{EMFILE} ? "EMFILE\n" : "accept: $!\n";
    my $gone = shift @kept;
    close $gone;
    accept(my $c, $l) or die "accept: $!";
    print "one more\n";
    syswrite $c, "you are in\n";
    push @kept, $c;
  }
]]

return scenario {
  title = "A server without descriptors left: EMFILE, and the connection stays in the queue",
  why = [[
    accept needs a descriptor before it takes a connection. With none left it fails with EMFILE and leaves the queue as it was: nobody is
    refused or reset, the client is connected and waits. A server that closes one connection can accept the next; one that calls
    accept again at once, since poll(2) says that somebody waits, turns in a circle.
  ]],
  refs = { "accept(2): EMFILE", "getrlimit(2): RLIMIT_NOFILE", "net/socket.c: do_accept()" },
  needs = { "program:perl" },
  files = { "/usr/lib/x86_64-linux-gnu/perl-base" },
  matrix = { family = { "ipv4", "ipv6" } },
  run = function(t)
    local srv = t.server:run { "perl", "-e", SERVER, t.family, t.server:address(6000).address, name = "server", max_descriptors = 16 }
    srv:listens(6000)
    local clients = {}
    for i = 1, 20 do clients[i] = t.client:socket("c" .. i):connect(srv):connected() end
    t:expect(srv:queue()):is { waiting = 20 }
    srv:stdin "go"
    srv:stdout():line "EMFILE"
    srv:stdout():line "one more"
    -- the oldest was given up for the first of those who waited
    clients[1]:reads_eof()
    t:expect(srv:descriptors()):is(16)
    local waiting = srv:queue():value().waiting
    t:expect(waiting):at_least(4)
    -- accepted were 20 - waiting, one of them after EMFILE; all others stand as before
    clients[20 - waiting]:receives "you are in\n"
    for i = 2, 20 do clients[i]:state("ESTABLISHED"):reads_nothing() end
    srv:runs()
  end,
}
