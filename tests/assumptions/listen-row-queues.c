/* SPDX-License-Identifier: MIT */
/*
 * listen-row-queues.c - the row of a listening socket says in rqueue how many wait for accept and
 * in wqueue the limit that was given to listen (net/ipv4/tcp_diag.c, tcp_diag_get_info())
 */
#include "fact.h"

static int expect(const struct world *w, uint32_t waiting, uint32_t limit)
{
	struct diag_row row = {0};
	size_t count = rows_in(w, SERVER, DIAG_LISTEN, &row);
	if (count != 1 || row.receive_queue != waiting || row.send_queue != limit)
		return differs("%zu rows, %u wait, limit %u; wanted %u and %u", count,
		               row.receive_queue, row.send_queue, waiting, limit);
	return HOLDS;
}

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		struct world *w = two_hosts();
		int fd = listener(w, version, 5);
		if (expect(w, 0, 5))
			return DIFFERS;
		connected(w, version);
		connected(w, version);
		if (expect(w, 2, 5))
			return DIFFERS;
		must_be(sock_accept(fd, NULL), 0, "accept");
		if (expect(w, 1, 5))
			return DIFFERS;
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
