-- SPDX-License-Identifier: MIT
local SERVER = [[
  use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); use Errno; $| = 1;
  my ($family, $address, $port) = @ARGV;
  my $v6 = $family eq "ipv6";
  socket(my $l, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die "socket: $!";
  bind($l, $v6 ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) : pack_sockaddr_in($port, inet_aton($address)))
    or do { print $!{EACCES} ? "bind: EACCES\n" : "bind: $!\n"; exit 1 };
  listen($l, 1) or die "listen: $!";
  accept(my $c, $l) or die "accept: $!";
  print "accepted\n";
]]

return scenario {
  title = "Ports below ip_unprivileged_port_start are for the privileged: EACCES",
  why = [[
    A process without CAP_NET_BIND_SERVICE may not bind ports below 1024. The limit is a sysctl of the network namespace: with a lower one anybody
    may bind the ports from there on, and it can be raised as well. It is a question of the capability, not of being root: programs of a
    case have none but those they are left with.
  ]],
  refs = { "bind(2): EACCES", "capabilities(7): CAP_NET_BIND_SERVICE", "ip(7): ip_unprivileged_port_start" },
  needs = { "program:perl" },
  files = { "/usr/lib/x86_64-linux-gnu/perl-base" },
  matrix = { family = { "ipv4", "ipv6" }, port = { 80, 1024 }, start = { 80, 1024, 1025 }, privileged = { true, false } },
  where = function(p) return not p.privileged or p.start == 1025 end,
  run = function(t)
    local address = t.server:address(t.p.port)
    t.server:sysctl("net.ipv4.ip_unprivileged_port_start", t.p.start)
    local srv = t.server:run { "perl", "-e", SERVER, t.family, address.address, address.port, name = "server",
      capabilities = t.p.privileged and { "net_bind_service" } or nil }
    if t.p.privileged or t.p.port >= t.p.start then
      srv:listens(t.p.port)
      t.client:socket("c"):connect(srv):connected():reads_eof()
      srv:stdout():exactly { "accepted" }
      srv:exits(0)
    else
      srv:stdout():exactly { "bind: EACCES" }
      srv:exits(1)
      t.client:socket("c"):connect(address):fails "ECONNREFUSED"
    end
  end,
}
