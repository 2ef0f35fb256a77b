/* SPDX-License-Identifier: MIT */
/*
 * datagrams.h - a fuzzer's bytes as datagrams: two bytes of length, network order, then so many
 * bytes, again and again
 */
#ifndef SOCKPROOF_TESTS_FUZZ_DATAGRAMS_H
#define SOCKPROOF_TESTS_FUZZ_DATAGRAMS_H
#include "evidence/timeline.h"
#include "packet/reader.h"
#include <stdlib.h>

#define EXPECT(x) ((x) ? (void)0 : abort()) /* assert() that NDEBUG leaves in */

static inline struct timeline *two_hosts(void)
{
	static const char *const addrs[2][2] = {{"192.0.2.1", "2001:db8::1"},
	                                        {"192.0.2.2", "2001:db8::2"}};
	static const char *const names[2] = {"client", "server"};
	struct timeline *tl = timeline_open();
	struct packet_addr a;

	for (int host = 0; host < 2; host++) {
		timeline_add_host(tl, names[host]);
		for (int i = 0; i < 2; i++) {
			EXPECT(packet_addr_parse(addrs[host][i], &a));
			timeline_add_address(tl, host, &a);
		}
	}
	return tl;
}

/* Each datagram becomes a packet of @tl; the last one may be cut. */
static inline void add_datagrams(struct timeline *tl, const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);

	for (int64_t at = 1; reader_left(&r) >= 2; at += 1000) {
		size_t len = reader_u16(&r);
		if (len > reader_left(&r))
			len = reader_left(&r);
		struct reader part = reader_part(&r, len);
		timeline_add_packet(tl, at, at & 1, part.p, len);
	}
}

#endif
