-- SPDX-License-Identifier: MIT
local CLIENT = [[
  use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); use Fcntl; use POSIX (); $| = 1;
  my ($family, $address, $mode, $seconds) = @ARGV;
  my $v6 = $family eq "ipv6";
  socket(my $s, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die "socket: $!";
  connect($s, $v6 ? pack_sockaddr_in6(6000, inet_pton(AF_INET6, $address)) : pack_sockaddr_in(6000, inet_aton($address))) or die "connect: $!";
  fcntl($s, F_SETFL, O_NONBLOCK) if $mode eq "non-blocking";
  setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, $seconds)) or die "SO_LINGER: $!" if $mode ne "without";
  <STDIN>;
  syswrite($s, "last words") or die "write: $!";
  print "closing\n";
  print defined POSIX::close(fileno $s) ? "closed\n" : "close: $!\n";
  <STDIN>;
]]

return scenario {
  title = "SO_LINGER with a time: close waits until all is acknowledged, or the time has passed, and does not say which",
  why = [[
    Without it close returns at once and the kernel sees to the rest. With it close waits for the acknowledgement of data and FIN, on Linux
    whether the socket is non-blocking or not. When the time has passed first it returns all the same, with 0, and the kernel goes
    on trying: the option delays close and changes nothing on the wire. An acknowledgement is not the peer's having read either; only an
    answer of the peer's is.
  ]],
  refs = { "socket(7): SO_LINGER", "close(2)", "net/ipv4/af_inet.c: inet_release()", "net/core/stream.c: sk_stream_wait_close()" },
  needs = { "wire", "program:perl" },
  files = { "/usr/lib/x86_64-linux-gnu/perl-base" },
  matrix = { family = { "ipv4", "ipv6" }, socket = { "blocking", "non-blocking", "without" }, acknowledged = { "in time", "too late" } },
  where = function(p) return p.socket ~= "without" or p.acknowledged == "too late" end,
  run = function(t)
    local l = t.server:socket("l"):bind(t.server:address(6000)):listen(1)
    local client = t.client:run { "perl", "-e", CLIENT, t.family, l.host:address(6000).address, t.p.socket, t.p.acknowledged == "in time" and 30 or 1,
      name = "client" }
    local s = l:accept "s"
    -- the FIN's only: without the data's a client that is slow to close retransmits, and then has no room for its FIN (RFC 5681, 3.1)
    local acks = t.wire:hold "server > client . ack 12"
    client:stdin "go"
    client:stdout():line "closing"
    s:receives "last words":reads_eof()
    t:expect(acks:held()):at_least(1)
    if t.p.acknowledged == "in time" then
      client:sleeps()
      t:expect(client:stdout():text()):is "closing\n"
      t:expect(t.client:count "FIN_WAIT1"):is(1)
      acks:off():release()
      client:stdout():line "closed"
      t:expect(t.client:count "FIN_WAIT2"):is(1)
    else
      client:stdout():line "closed"
      -- nothing was given up: it still is where it was
      t:expect(t.client:count "FIN_WAIT1"):is(1)
      acks:off():release()
      t:expect(t.client:count "FIN_WAIT2"):is(1)
    end
    client:stdin "end"
    client:exits(0)
    s:close()
    t:expect(t.client:count "TIME_WAIT"):is(1)
    t:flow(6000):never "R"
  end,
}
