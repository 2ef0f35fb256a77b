/* SPDX-License-Identifier: MIT */
/*
 * overflow.h - a connection whose final ACK meets a full accept queue
 */
#ifndef SOCKPROOF_TESTS_ASSUMPTIONS_OVERFLOW_H
#define SOCKPROOF_TESTS_ASSUMPTIONS_OVERFLOW_H
#include "fact.h"

/*
 * One client's ACK is held while three others fill the queue of listen(fd, 2); then it is
 * delivered. Returns the client's descriptor; what the server says to the ACK is in its TUN.
 */
static inline int overflow(const struct world *w, int version)
{
	uint8_t ack[DATAGRAM];
	struct packet p;
	listener(w, version, 2);
	int late = begin_connect(w, version);
	carry_one(w, CLIENT);
	carry_one(w, SERVER);
	size_t len = take(w, CLIENT, ack);
	if (!len || packet_decode(&p, ack, len) < 0 || p.tcp.flags != TCP_ACK) {
		differs("the client did not acknowledge the SYN-ACK");
		exit(DIFFERS);
	}
	for (int i = 0; i < 3; i++)
		connected(w, version);
	give(w, SERVER, ack, len);
	return late;
}

#endif
