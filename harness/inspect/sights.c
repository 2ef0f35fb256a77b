/* SPDX-License-Identifier: MIT */
/* sights.c - see sights.h */
#include "inspect/sights.h"
#include "base/mem.h"
#include "savefile/link.h"
#include <stdlib.h>

#define REMEMBERED 65536u /* a power of two */

/* The first sight of a packet. */
struct sight {
	uint64_t id, ends;
	uint32_t section, interface;
	bool used;
};

struct sights {
	struct sight sight[REMEMBERED];
};

struct sights *sights_open(void)
{
	return mem_zero(1, sizeof(struct sights));
}

void sights_close(struct sights **s)
{
	free(*s);
	*s = NULL;
}

/* Of both addresses and what is behind them: ports and TCP's sequence number. What may change on
 * the way (hop limit, checksum, the link's header) is before them. 0: no IP. */
static uint64_t ends_of(const struct record *r)
{
	struct link_payload in = link_strip(r->linktype, r->data, r->len);
	size_t from, to;
	uint64_t h = 0xcbf29ce484222325u;

	if (!in.ip || in.len == 0)
		return 0;
	from = in.ip[0] >> 4 == 4 ? 12 : 8;
	to = in.ip[0] >> 4 == 4 ? 28 : 48;
	for (size_t i = from; i < to && i < in.len; i++)
		h = (h ^ in.ip[i]) * 0x100000001b3u;
	return h;
}

bool sights_again(struct sights *s, const struct record *r)
{
	struct sight *at = &s->sight[r->packet_id % REMEMBERED];
	uint64_t ends = ends_of(r);

	if (at->used && at->id == r->packet_id && at->section == r->section && at->ends == ends)
		return at->interface != r->interface;
	*at = (struct sight){.id = r->packet_id,
	                     .ends = ends,
	                     .section = r->section,
	                     .interface = r->interface,
	                     .used = true};
	return false;
}
