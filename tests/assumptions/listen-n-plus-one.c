/* SPDX-License-Identifier: MIT */
/*
 * listen-n-plus-one.c - listen(fd, n) lets n + 1 finished handshakes wait for accept, not n
 * (listen(2) leaves it open; include/net/sock.h, sk_acceptq_is_full() compares with ">")
 */
#include "fact.h"

static int try(int version, int backlog)
{
	struct world *w = two_hosts();
	struct diag_row row = {0};
	listener(w, version, backlog);
	for (int i = 0; i < backlog + 1; i++)
		connected(w, version);
	int late = begin_connect(w, version);
	carry(w);
	if (sock_peer(late, &(struct sock_address){0}).error != ENOTCONN)
		return differs("IPv%d backlog %d: %d handshakes were finished", version, backlog,
		               backlog + 2);
	rows_in(w, SERVER, DIAG_LISTEN, &row);
	if (row.receive_queue != (uint32_t)backlog + 1)
		return differs("IPv%d backlog %d: %u wait", version, backlog, row.receive_queue);
	world_close(&w);
	return HOLDS;
}

static int fact(void)
{
	static const int backlogs[] = {0, 1, 4};
	for (int version = 4; version <= 6; version += 2) {
		for (int i = 0; i < 3; i++) {
			if (try(version, backlogs[i]) != HOLDS)
				return DIFFERS;
		}
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
