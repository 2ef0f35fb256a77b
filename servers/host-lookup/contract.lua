-- SPDX-License-Identifier: MIT
return contract {
  title = "Names looked up: hosts, addresses, services, protocols",
  refs = { "getaddrinfo(3)", "getnameinfo(3)", "gethostbyname(3)", "getservent(3)", "getprotoent(3)", "RFC 1035", "RFC 3493, 6" },
  promise = [[
    The client is told what to look up, prints what it found on stdout, each line at once, and ends.
      host NAME              canonical NAME       the name that NAME is an alias of, or NAME itself
                             address ADDRESS      a line for each address of the name, IPv6 and IPv4, none
                                                  twice, in the order in which the system's lookup gives them
      address ADDRESS        name NAME
      service NAME/PROTOCOL  port NUMBER
      port NUMBER/PROTOCOL   service NAME
      protocol NAME          number NUMBER
    PROTOCOL is tcp or udp. Numbers are decimal. Aliases of services and protocols are names too. What is an
    address or a number already stands for itself and is looked up nowhere: `host 192.0.2.7` prints itself as
    canonical and as address, `service 80/tcp` prints port 80, `protocol 6` prints number 6.

    Hosts are looked up as this system is set up to: in the hosts file first; what is not there, by DNS, with the
    servers, the timeout and the number of attempts of resolv.conf. An answer that was cut short (TC) is asked
    for again over TCP. An answer that fits no question of the client's is ignored.

    When there is nothing to print, stdout stays empty, and one line on stderr says why:
      no such host: NAME             exit status 1   the name does not exist
      no address: NAME               1               it exists, but has no address
      no name: ADDRESS               1
      no such service: NAME/PROTOCOL, or NUMBER/PROTOCOL                1
      no such protocol: NAME         1
      not an address: ADDRESS        2
      try again: NAME or ADDRESS     3   nobody answered, or who did could not say; that may pass
      failed: REASON                 4   anything else
    Wrong use: a usage line on stderr, exit status 2. Otherwise the exit status is 0.

    A client that is built on the older calls (gethostbyname) learns of a name's IPv4 addresses only; scenarios
    with IPv6 addresses do not concern it.

    The server is any DNS server that listens on {address}, UDP and TCP, and answers for the names of test, and for
    the addresses 192.0.2.x and 2001:db8::x, from the file records, which is written for dnsmasq(8).
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    client = {
      command = "{program} {kind} {what}",
      implementations = {
        addrinfo = {},
        older = { families = { "ipv4" }, declines = { "names/both-families" } },
      },
      faulty = {
        ["address-as-name"] = { fault = "looks a name up where an address is wanted: no AI_NUMERICHOST",
          dies_in = "names/reverse", reason = "no-address exited with 0; expected exit status 2" },
        ["again-is-never"] = { fault = "takes every failure of the lookup for \"no such host\"",
          dies_in = "names/try-again", reason = [[client exited with 1; expected exit status 3; its last words on stderr: "no such host: none.test"]] },
        ["all-sockaddr-in"] = { fault = "takes every address of the list for a sockaddr_in: IPv6 addresses are printed as 0.0.0.0",
          dies_in = "names/both-families", reason = [[stdout of client has "0.0.0.0" at byte 29, which must never come]] },
        ["any-answer"] = { fault = "asks DNS itself, and takes the first datagram that comes for the answer",
          dies_in = "names/forged-answer", reason = [[stdout of client has "192.0.2.66" at byte]] },
        ["asks-swapped-port"] = { fault = "passes the port to getservbyport() without htons()",
          dies_in = "names/services", reason = [[client#4 exited with 1; expected exit status 0; its last words on stderr: "no such service: 4660/tcp"]] },
        ["asks-thrice"] = { fault = "asks DNS itself, each question three times, lest one be lost",
          dies_in = "names/no-such-host", reason = [[packets fit "client > server"]] },
        ["dns-only"] = { fault = "asks DNS itself, and never looks into the hosts file",
          dies_in = "names/hosts-file-first", reason = [[of-the-file exited with 1; expected exit status 0; its last words on stderr: "no such host: also.test"]] },
        ["each-socket-type"] = { fault = "leaves ai_socktype at 0: every address comes once for each type of socket",
          dies_in = "names/several-addresses", reason = [[the value is 36; expected is 12]] },
        ["errors-on-stdout"] = { fault = "says on stdout what it should say on stderr: who reads its answer reads that it has none",
          dies_in = "names/no-such-host", reason = "stderr of client has only the first 0 of" },
        ["first-only"] = { fault = "prints the first address of a name only",
          dies_in = "names/several-addresses", reason = [[the value is 1; expected is 12]] },
        ["gives-up"] = { fault = "asks DNS itself, and takes an answer to another question for a failure",
          dies_in = "names/forged-answer", reason = "client exited with 3; expected it to go on" },
        ["ipv4-hints"] = { fault = "asks with AF_INET in its hints, with \"IPv4 or IPv6\" beside it",
          dies_in = "names/both-families", reason = [[0 packets fit "client > server data "\x04both\x04test\0\0\x1c\0\x01"", expected exactly 1]] },
        ["no-canonical"] = { fault = "takes the name it was given for the canonical one: does not ask with AI_CANONNAME",
          dies_in = "names/alias", reason = [[stdout of client has no line "canonical target.test"]] },
        ["no-tcp"] = { fault = "takes what fitted the datagram for the whole answer: ignores TC",
          dies_in = "names/truncated", reason = [[the value is 30; expected is 40]] },
        ["null-host"] = { fault = "takes what gethostbyname() gives without a look: it is NULL when there is no such name",
          dies_in = "names/no-such-host", reason = [[client was killed by SIGSEGV; expected exit status 1]] },
        ["number-as-name"] = { fault = "takes the address that getnameinfo() gives for want of a name for a name: no NI_NAMEREQD",
          dies_in = "names/reverse", reason = [[nameless exited with 0; expected exit status 1; its last words on stdout: "name 192.0.2.8"]] },
        ["perror"] = { fault = "explains the failure of gethostbyname() by errno, which says nothing of it",
          dies_in = "names/no-such-host", reason = [[client exited with 4; expected exit status 1; its last words on stderr: "failed: Success"]] },
        ["port-host-order"] = { fault = "prints the port of a service without ntohs()",
          dies_in = "names/services", reason = [[stdout of client has "13330" at byte 6, which must never come]] },
        ["service-digits"] = { fault = "looks for a service whose name is the digits of a port",
          dies_in = "names/numbers", reason = [[client#2 exited with 1; expected exit status 0; its last words on stderr: "no such service: 80/tcp"]] },
        ["status-counts"] = { fault = "gives the number of addresses that it found as its exit status",
          dies_in = "names/both-families", reason = "client exited with 2; expected exit status 0" },
        ["swapped-address"] = { fault = "turns an address into host byte order before it asks for its name",
          dies_in = "names/reverse", reason = [[no packet client > server data "\x017\x012\x010\x03192\x07in-addr\x04arpa"]] },
        ["tcp-unless-udp"] = { fault = "takes every protocol but udp for tcp, also one that there is not",
          dies_in = "names/services", reason = "expected exit status 2" },
        ["waits-for-ever"] = { fault = "asks DNS itself, and waits for the answer without a timeout",
          dies_in = "names/try-again", reason = [[client is still running after]] },
      },
    },
    server = {
      command = "dnsmasq --no-daemon --conf-file={dir}/{records} --no-hosts --no-resolv --no-round-robin --bind-interfaces"
        .. " --listen-address={address} --port={port} --user=root --pid-file= --log-facility={dir}/dns.log"
        .. " --local=/test/2.0.192.in-addr.arpa/8.b.d.0.1.0.0.2.ip6.arpa/",
      port = 53,
      defaults = { records = "records" },
      implementations = { dnsmasq = {} },
    },
  },
}
