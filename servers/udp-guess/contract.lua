-- SPDX-License-Identifier: MIT
return contract {
  title = "A guessing game over UDP, to each peer its own",
  refs = { "udp(7)" },
  promise = [[
    Wire format. A datagram is a few ASCII letters, with neither newline nor NUL behind them. To each that the
    client sends the server answers with one:
      new             range 1 6 tries 3        a game begins; one that was on is forgotten
      a number        higher, lower            the number to be guessed is that; a try is spent
                      won N                    it was the Nth try that hit; the game is over
                      lost NUMBER              the last try did not hit; the game is over
      anything else   what                     also a number outside 1 to 6; no try is spent
      no game is on   no game                  to whatever is not "new"
    A number is decimal digits alone. Nothing is numbered and nothing is repeated: an answer that is lost is lost, and a
    guess that the link doubles counts twice.

    Server: PROGRAM PORT NUMBERS TRIES. NUMBERS, such as 4,2,6, are what the games are about: the first game the first of
    them, the next game the next, whoever plays, and from the beginning again when all were used. Binds the UDP port
    for IPv4 and IPv6. A peer is an address with its port; at least 64 games can be on at once, and none has to do with
    another. Prints a line for each answer, at once: ADDRESS:PORT ANSWER (IPv6 addresses in brackets).

    Client: PROGRAM ADDRESS PORT TIMEOUT. Asks for a game, then sends each line of its standard input, without the
    newline, as a guess, when the one before has been answered. What is there to be read before it asks is an earlier
    answer, late or doubled, and is thrown away. Prints, each line at once:
      guess a number from 1 to 6, tries: 3
      higher, lower, or: not a number from 1 to 6
      you win, tries: N                      exit status 0
      you lose: it was NUMBER                exit status 3
      no answer within TIMEOUT ms            exit status 4, as for the next three
      refused                                an ICMP error said that nobody is there
      no game
      no sense: BYTES                        an answer of no known kind
    Exit status 4 also when the input ends before the game; 1 for any other failure, 2 for a wrong command line.
  ]],
  -- none is idle; a busy machine may hide one or two behind the races of a program that is wrong
  idle_expectations = 2,
  roles = {
    server = {
      command = "{program} {port} {numbers} {tries}",
      port = 8888,
      transport = "udp",
      defaults = { numbers = "4", tries = 3 },
      implementations = { reference = { program = "server" } },
      faulty = {
        ["atoi"] = { program = "server-atoi", fault = "lets atoi() read the guess: letters are a guess of 0, and spend a try",
          dies_in = "udp/guess-nonsense", reason = "what c received differs from byte 1 on" },
        ["by-address"] = { program = "server-by-address", fault = "keeps games by address alone: two players on one host play one game",
          dies_in = "udp/guess-peers", reason = "what a received differs from byte 1 on" },
        ["endless"] = { program = "server-endless", fault = "does not end a game: a loser may guess until he wins",
          dies_in = "udp/guess-game", reason = "what c received differs from byte 1 on" },
        ["ends-with-game"] = { program = "server-ends-with-game", fault = "ends when a game has ended",
          dies_in = "udp/guess-nonsense", reason = "c: recv = -1 ECONNREFUSED after 0 of 7 bytes" },
        ["last-peer"] = { program = "server-last-peer", fault = "answers whoever began a game last",
          dies_in = "udp/guess-peers", reason = "o: recv: 0 of 7 bytes within" },
        ["no-end"] = { program = "server-no-end", fault = "does not end what it received: a short guess keeps the digits of a longer one",
          dies_in = "udp/guess-nonsense", reason = "what c received differs from byte 2 on" },
        ["off-by-one"] = { program = "server-off-by-one", fault = [[compares with "more than" where "as many as" is meant: there is one try too many]],
          dies_in = "udp/guess-game", reason = "what c received differs from byte 3 on" },
        ["one-game"] = { program = "server-one-game", fault = "has one game for all its peers",
          dies_in = "udp/guess-peers", reason = "what o received differs from byte 1 on" },
        ["sends-newline"] = { program = "server-sends-newline", fault = "ends its answers with a newline",
          dies_in = "udp/guess-game", reason = "what c received has 1 bytes more than the 7 expected" },
        ["sends-twice"] = { program = "server-sends-twice", fault = "sends each answer twice, lest it be lost",
          dies_in = "udp/guess-nonsense", reason = "what c received differs" },
        ["spins"] = { program = "server-spins", fault = "asks with MSG_DONTWAIT, round and round",
          dies_in = "udp/guess-programs", reason = "server never sleeps: it has used" },
      },
    },
    client = {
      command = "{program} {address} {port} {timeout}",
      defaults = { timeout = 5000 },
      implementations = { reference = { program = "client" } },
      faulty = {
        ["lost-is-success"] = { program = "client-lost-is-success", fault = "ends with status 0 whether it won or lost",
          dies_in = "udp/guess-client", reason = [[client exited with 0; expected exit status 3; its last words on stdout: "you lose: it was 4"]] },
        ["mixes-numbers"] = { program = "client-mixes-numbers", fault = "prints the numbers of the range in another order than they came",
          dies_in = "udp/guess-programs", reason = [[stdout of a has no line "guess a number from 1 to 6, tries: 3"]] },
        ["no-end"] = { program = "client-no-end", fault = "does not end what it received: a short answer keeps the tail of a longer one",
          dies_in = "udp/guess-client", reason = [[stdout of client has no line "no sense: won 1x"; client exited with 4]] },
        ["stale-answer"] = { program = "client-stale-answer", fault = "takes an earlier answer that comes twice for the answer to the next guess",
          dies_in = "udp/guess-client", reason = [[stdout of client has no line "higher"; client exited with 4]] },
        ["waits-forever"] = { program = "client-waits-forever", fault = "waits for each answer without a limit: one lost datagram is the end",
          dies_in = "udp/guess-client", reason = "client is still running after … expected exit status 4" },
      },
    },
  },
}
