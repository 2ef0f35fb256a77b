/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - datagrams for unit tests, and decoding that lets the sanitizers see each step past the
 * end
 */
#ifndef SOCKPROOF_TESTS_UNIT_BYTES_H
#define SOCKPROOF_TESTS_UNIT_BYTES_H
#include "packet/packet.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* behind what it needs */

static inline struct packet_end end_of(const char *address, uint16_t port)
{
	struct packet_end e = {.port = port};

	assert_true(packet_addr_parse(address, &e.addr));
	return e;
}

/* A TCP segment between documentation addresses of the version; alter it, then build. */
static inline struct packet_spec tcp_spec(int version)
{
	return (struct packet_spec){
	    .src = end_of(version == 4 ? "192.0.2.1" : "2001:db8::1", 40000),
	    .dst = end_of(version == 4 ? "192.0.2.2" : "2001:db8::2", 6000),
	    .protocol = IPPROTO_TCP,
	    .tcp = {.seq = 1000, .ack = 2000, .flags = TCP_ACK, .window = 512},
	};
}

/*
 * Decode @len bytes from a heap block of just that size. @p borrows the block: free(), with
 * @p->data.
 */
static inline int decode_tight(struct packet *p, const uint8_t *data, size_t len)
{
	uint8_t *block = malloc(len ? len : 1);

	if (len)
		memcpy(block, data, len);
	return packet_decode(p, block, len);
}

#define FREE_TIGHT(p) free((void *)(uintptr_t)(p)->data)

#endif
