-- SPDX-License-Identifier: MIT
return contract {
  title = "Socket table: which TCP sockets listen or are connected, and what waits in their queues",
  refs = { "proc_pid_net(5): tcp, tcp6", "sock_diag(7)", "ss(8)", "netstat(8)" },
  promise = [[
    No arguments. Prints a line for each TCP socket of its own network namespace, IPv4 and IPv6, that is in the state LISTEN or
    ESTABLISHED, whoever holds it, and none for any other; then ends. A connection that waits to be accepted is
    ESTABLISHED too.
      LISTEN LOCAL waiting N                                   N: connections that wait for accept
      ESTABLISHED LOCAL REMOTE unread N unacknowledged N       bytes received and not read; bytes written and not acknowledged
    LOCAL and REMOTE are ADDRESS:PORT, [ADDRESS]:PORT for IPv6, as inet_ntop(3) writes addresses: a listener on all of them is
    0.0.0.0:PORT or [::]:PORT, an IPv4 peer of an IPv6 socket is [::ffff:192.0.2.1]:PORT. All numbers are decimal.
    Lines are in the order of sort(1) in the C locale.

    Exit status: 0; 1 when the kernel cannot be asked, 2 for wrong usage, both with a message on stderr and nothing on stdout.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    lister = {
      command = "{program}",
      host = "server",
      implementations = { proc = {}, netlink = {} },
      faulty = {
        ["address-order"] = { fault = "takes the eight digits of /proc/net/tcp for the four bytes of the address in their order",
          dies_in = "tables/accept", reason = [[stdout of listening does not have "192.0.2.2:"]] },
        ["decimal-queues"] = { fault = "reads the queues of /proc/net/tcp as decimal numbers",
          dies_in = "tables/queues", reason = [[the value is { unacknowledged = "12", unread = "1" }]] },
        ["misses-ipv6"] = { fault = "reads /proc/net/tcp alone: IPv6 sockets are in tcp6",
          dies_in = "tables/families", reason = [[stdout of lister has no line "ESTABLISHED [2001:db8::2]:6006]] },
        ["other-states"] = { fault = "takes whatever is not ESTABLISHED for a listener",
          dies_in = "tables/states", reason = [[stdout of lister has ":5000]] },
        ["queues-swapped"] = { fault = "takes the first queue of /proc/net/tcp, what is to be sent, for what is to be read",
          dies_in = "tables/queues", reason = [[the value is { unacknowledged = "26", unread = "300" }]] },
        ["status-counts"] = { fault = "gives the number of rows as its exit status",
          dies_in = "tables/families", reason = "lister exited with 7; expected exit status 0" },
        ["swapped-port"] = { fault = "swaps the bytes of a port that /proc/net/tcp has as a number already",
          dies_in = "tables/accept", reason = [[stdout of listening does not have ":6000 waiting "]] },
      },
    },
  },
}
