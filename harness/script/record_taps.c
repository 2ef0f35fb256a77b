/* SPDX-License-Identifier: MIT */
/*
 * record_taps.c - taps.pcapng: every packet as often as libpcap saw it, on an interface for each
 * host
 *
 * Theory. libpcap cooks its packets here (live.h), so the file's are cooked too:
 * LINKTYPE_LINUX_SLL, of which libpcap opens any number of interfaces, as long as link type and
 * snap length are one. (Of LINKTYPE_RAW it opens one: it compares the file's 101 with its own
 * DLT_RAW. In LINKTYPE_LINUX_SLL2 tcpdump shows the reader's interfaces by the writer's indexes,
 * and warns.)
 *
 * The taps keep a digest and the head of each packet, no more (agree.h). Bytes come from the
 * timeline, for a packet that has the same length and digest there. One that the wire knows nothing
 * of, which makes an `error` of the case, has its head only.
 */
#include "base/err.h"
#include "base/mem.h"
#include "script/record_own.h"
#include "script/tap.h"
#include <stdlib.h>
#include <string.h>

#define LINKTYPE_LINUX_SLL 113

struct seen {
	struct witness_sight sight;
	int host;
};

struct all_seen {
	struct seen *list;
	size_t count;
	int host; /* whose tap speaks */
};

static void collect(void *arg, const struct witness_sight *s)
{
	struct all_seen *all = arg;

	MEM_ROOM(all->list, all->count);
	all->list[all->count++] = (struct seen){.sight = *s, .host = all->host};
}

/* By time; at the same time a packet leaves before it arrives. */
static int by_time(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	if (a->sight.at != b->sight.at)
		return a->sight.at < b->sight.at ? -1 : 1;
	if (a->sight.number != b->sight.number)
		return a->sight.number < b->sight.number ? -1 : 1;
	if (a->sight.direction != b->sight.direction)
		return a->sight.direction == CAPTURE_OUTBOUND ? -1 : 1;
	return a->host - b->host;
}

static int write_interface(struct pcapng_writer *w, const struct record *r, int host,
                           struct err *err)
{
	const struct host *h = world_host(r->play->world, host);
	struct pcapng_interface interface = {.linktype = LINKTYPE_LINUX_SLL,
	                                     .snaplen = RECORD_SNAPLEN};
	char *name = mem_printf("%s %s", host_name(h), host_interface(h));
	struct buf words = {0};
	int rc;

	buf_printf(&words, "libpcap on %s: ", host_name(h));
	record_place(&words, h);
	interface.name = name;
	interface.description = buf_text(&words);
	rc = pcapng_write_interface(w, &interface, err);
	buf_free(&words);
	free(name);
	return rc;
}

static int write_seen(struct pcapng_writer *w, const struct record *r, const struct seen *s,
                      struct buf *bytes, struct err *err)
{
	const struct timeline_packet *p = timeline_packet(r->play->tl, s->sight.number);
	const uint8_t *data = p ? p->data : s->sight.head;
	size_t len = p ? p->len : s->sight.head_len;
	struct pcapng_packet packet = {
	    .interface = (uint32_t)s->host,
	    .at = s->sight.at,
	    .original_len = s->sight.len + LIVE_HEADER,
	    .direction = s->sight.direction,
	    .id = (uint64_t)s->sight.number,
	};
	struct buf comment = {0};
	uint8_t header[LIVE_HEADER];
	int rc;

	record_key(&comment, "seen_on", host_name(world_host(r->play->world, s->host)));
	if (!p)
		record_key(&comment, "unmatched", "the wire carried no such packet");
	packet.comment = buf_text(&comment);

	tap_header(r->play->taps[s->host], s->sight.direction, len > 0 ? data[0] >> 4 : 0, header);
	buf_consume(bytes, bytes->len);
	buf_add(bytes, header, sizeof header);
	buf_add(bytes, data, len);
	packet.data = bytes->p;
	packet.len = bytes->len;
	rc = pcapng_write_packet(w, &packet, err);
	buf_free(&comment);
	return rc;
}

int record_taps(struct pcapng_writer *w, const struct record *r, struct err *err)
{
	struct all_seen all = {0};
	struct buf bytes = {0};
	int rc = record_section(w, r, err);

	for (int i = 0; i < r->play->tap_count && rc == 0; i++)
		rc = write_interface(w, r, i, err);
	if (rc == 0)
		rc = record_names(w, r, err);
	for (all.host = 0; all.host < r->play->tap_count; all.host++)
		tap_each(r->play->taps[all.host], collect, &all);
	if (all.count > 0)
		qsort(all.list, all.count, sizeof *all.list, by_time);
	for (size_t i = 0; i < all.count && rc == 0; i++)
		rc = write_seen(w, r, &all.list[i], &bytes, err);
	buf_free(&bytes);
	free(all.list);
	return rc;
}
