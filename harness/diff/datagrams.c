/* SPDX-License-Identifier: MIT */
/*
 * datagrams.c - what has no stream: UDP, ICMP errors, packets of no conversation
 *
 * Datagrams are aligned per direction by what they say. What is left on both sides is another
 * order when it is alike, other bytes when it stands at the same place, and otherwise missing.
 */
#include "base/digest.h"
#include "base/text.h"
#include "diff/diff_own.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static bool is_icmp(const struct packet *p)
{
	return p->protocol == IPPROTO_ICMP || p->protocol == IPPROTO_ICMPV6;
}

/* Who is near: a host's own business, not its peer's (RFC 4861, RFC 2710, RFC 3810). */
static bool is_neighbourhood(const struct packet *p)
{
	return p->protocol == IPPROTO_ICMPV6 &&
	       ((p->icmp_type >= 130 && p->icmp_type <= 137) || p->icmp_type == 143);
}

/* What a datagram says, without what is luck in it. */
static char *meaning(const struct timeline_packet *p)
{
	const uint8_t *payload = p->packet.data + p->packet.payload_off;
	size_t len = p->packet.payload_len;
	uint8_t *copy = p->note.flow ? trace_without_luck(p->note.flow, payload, len) : NULL;
	char *text = mem_printf("%u %u %u %u %zu %" PRIx64, p->packet.protocol, p->packet.icmp_type,
	                        p->packet.icmp_code, p->packet.fragment_offset, len,
	                        digest_add(DIGEST_BEGIN, copy ? copy : payload, len));

	free(copy);
	return text;
}

struct sayings {
	size_t *k; /* indexes in the stretch */
	char **text;
	size_t count;
	int *pair; /* index in the other's, or -1 */
};

static bool told_elsewhere(const struct timeline_packet *p)
{
	return p->note.flow && is_icmp(&p->packet);
}

static struct sayings collect(const struct comparing *c, int side, int dir)
{
	struct sayings s = {.k = mem_zero(c->now[side].count, sizeof *s.k),
	                    .text = mem_zero(c->now[side].count, sizeof *s.text),
	                    .pair = mem_zero(c->now[side].count, sizeof *s.pair)};

	for (size_t k = 0; k < c->now[side].count; k++) {
		const struct timeline_packet *p = side_packet(c, side, k);

		if ((p->note.flow && p->note.dir != dir) || told_elsewhere(p))
			continue;
		s.k[s.count] = k;
		s.pair[s.count] = -1;
		s.text[s.count++] = meaning(p);
	}
	return s;
}

static void drop(struct sayings *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->text[i]);
	free(s->text);
	free(s->k);
	free(s->pair);
}

static void join(struct sayings *a, struct sayings *b, size_t i, size_t k)
{
	a->pair[i] = (int)k;
	b->pair[k] = (int)i;
}

/* Alike, but elsewhere. A list of marks, free() it. */
static bool *join_moved(struct sayings *a, struct sayings *b)
{
	bool *moved = mem_zero(a->count, sizeof *moved);
	size_t looked = 0;

	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; a->pair[i] < 0 && k < b->count && looked < 10000000; k++) {
			looked++;
			if (b->pair[k] >= 0 || strcmp(a->text[i], b->text[k]) != 0)
				continue;
			join(a, b, i, k);
			moved[i] = true;
		}
	}
	return moved;
}

/* Left on both sides between the same neighbours. */
static void join_gaps(struct sayings *a, struct sayings *b)
{
	size_t next = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (a->pair[i] >= 0) {
			next = (size_t)a->pair[i] + 1;
		} else if (next < b->count && b->pair[next] < 0) {
			join(a, b, i, next);
			next++;
		}
	}
}

static void align_direction(struct comparing *c, int dir, bool **moved)
{
	struct sayings a = collect(c, 0, dir), b = collect(c, 1, dir);
	bool *now;

	diff_align((const char *const *)a.text, a.count, (const char *const *)b.text, b.count,
	           a.pair);
	for (size_t i = 0; i < a.count; i++) {
		if (a.pair[i] >= 0)
			b.pair[a.pair[i]] = (int)i;
	}
	now = join_moved(&a, &b);
	join_gaps(&a, &b);
	for (size_t i = 0; i < a.count; i++) {
		(*moved)[a.k[i]] = now[i];
		if (a.pair[i] < 0)
			continue;
		c->now[0].partner[a.k[i]] = (int)b.k[a.pair[i]];
		c->now[1].partner[b.k[a.pair[i]]] = (int)a.k[i];
	}
	free(now);
	drop(&a);
	drop(&b);
}

static void compare_pair(struct comparing *c, const struct timeline_packet *a,
                         const struct timeline_packet *b, bool moved)
{
	char *x = meaning(a), *y = meaning(b);
	bool parts = !is_neighbourhood(&a->packet);

	if (told_elsewhere(a)) /* they are no pair then */
		;
	else if (strcmp(x, y) != 0)
		diff_add(c, DIFF_BYTES, parts, a->number, b->number, "other bytes");
	else if (moved)
		diff_add(c, DIFF_ORDER, parts, a->number, b->number,
		         "the same datagram at another place among those of its sender");
	if (a->fate != b->fate)
		diff_add(c, DIFF_FATE, false, a->number, b->number, "%s and %s",
		         packet_fate_text(a->fate), packet_fate_text(b->fate));
	free(x);
	free(y);
}

void diff_datagrams(struct comparing *c)
{
	bool *moved = mem_zero(c->now[0].count, sizeof *moved);
	const struct diff_conversation *v;
	size_t k = 0;

	align_direction(c, 0, &moved);
	if (conversation(c)->flow[0])
		align_direction(c, 1, &moved);
	diff_rows(c);
	v = conversation(c);
	for (size_t i = 0; i < v->row_count; i++) {
		const int64_t *n = v->rows[i].packet;
		const struct timeline_packet *a = timeline_packet(side_timeline(c, 0), n[0]);
		const struct timeline_packet *b = timeline_packet(side_timeline(c, 1), n[1]);
		const struct timeline_packet *one = a ? a : b;

		if (a && b)
			compare_pair(c, a, b, moved[k]);
		else if (!told_elsewhere(one))
			diff_add(c, DIFF_DATAGRAM, !is_neighbourhood(&one->packet), n[0], n[1],
			         "a datagram more in %s", a ? "A" : "B");
		k += a != NULL;
	}
	diff_icmp(c);
	if (v->flow[0])
		diff_order(c, NULL);
	diff_times(c);
	free(moved);
}

/* The first ICMP error of its kind in the conversation, or 0. */
static int64_t same_icmp(const struct comparing *c, int side, const struct timeline_packet *of)
{
	for (size_t k = 0; k < c->now[side].count; k++) {
		const struct timeline_packet *p = side_packet(c, side, k);

		if (told_elsewhere(p) && p->note.dir == of->note.dir &&
		    p->packet.icmp_type == of->packet.icmp_type &&
		    p->packet.icmp_code == of->packet.icmp_code)
			return p->number;
	}
	return 0;
}

/* Which kinds there are, as the trace asks: how often a host says so is a matter of its limits. */
void diff_icmp(struct comparing *c)
{
	char text[32];

	for (int side = 0; side < 2; side++) {
		for (size_t k = 0; k < c->now[side].count; k++) {
			const struct timeline_packet *p = side_packet(c, side, k);

			if (!told_elsewhere(p) || same_icmp(c, side, p) != p->number ||
			    same_icmp(c, 1 - side, p) != 0)
				continue;
			diff_add(c, DIFF_ICMP, true, side == 0 ? p->number : 0,
			         side == 1 ? p->number : 0, "icmp %s in %s only",
			         packet_icmp_text(&p->packet, text), side == 0 ? "A" : "B");
		}
	}
}
