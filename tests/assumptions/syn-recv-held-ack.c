/* SPDX-License-Identifier: MIT */
/*
 * syn-recv-held-ack.c - a final ACK that meets a full accept queue is dropped: the client is
 * ESTABLISHED, the server's side stays SYN_RECV, and nothing is said (tcp(7), tcp_abort_on_overflow
 * = 0)
 */
#include "overflow.h"

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		uint8_t answer[DATAGRAM];
		char text[16];
		struct packet p;
		struct world *w = two_hosts();
		int late = overflow(w, version);
		size_t len = take(w, SERVER, answer);
		if (len) {
			packet_decode(&p, answer, len);
			return differs("IPv%d: the server answered %s", version, words(&p, text));
		}
		must_be(sock_peer(late, &(struct sock_address){0}), 0, "getpeername of the client");
		if (rows_in(w, SERVER, DIAG_SYN_RECV, NULL) != 1)
			return differs("IPv%d: %zu rows in SYN_RECV", version,
			               rows_in(w, SERVER, DIAG_SYN_RECV, NULL));
		if (rows_in(w, CLIENT, DIAG_ESTABLISHED, NULL) != 4)
			return differs("IPv%d: not all clients are ESTABLISHED", version);
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
