/* SPDX-License-Identifier: MIT */
/* agree.c - see agree.h */
#include "capture/agree.h"
#include "base/err.h"
#include "base/mem.h"
#include "packet/packet.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Enough for an IPv6 and a TCP header with some options: errors name addresses, ports, flags. */
#define HEADERS 80

struct sight {
	int64_t number; /* by the wire: the packet's; by the tap: its time */
	uint64_t digest;
	uint32_t len;
	uint8_t head[HEADERS];
};

struct sights {
	struct sight *list;
	size_t count;
};

enum { TAP, WIRE };

struct witness {
	char *host;
	bool any_order;
	struct sights seen[2][2]; /* [TAP or WIRE][outbound] */
};

struct witness *witness_open(const char *host)
{
	struct witness *w = mem_zero(1, sizeof *w);

	w->host = mem_text(host);
	return w;
}

void witness_close(struct witness **witness)
{
	struct witness *w = *witness;

	if (!w)
		return;
	*witness = NULL;
	for (int i = 0; i < 4; i++)
		free(w->seen[i / 2][i % 2].list);
	free(w->host);
	free(w);
}

void witness_any_order(struct witness *w)
{
	w->any_order = true;
}

/*
 * Eight bytes a step: every byte of a case goes through here four times. Against accidents, not
 * against attackers: who can choose collisions can only hide a fault of the harness from itself.
 */
static uint64_t digest(const uint8_t *p, size_t len)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t h = len * odd, word;

	for (; len >= sizeof word; p += sizeof word, len -= sizeof word) {
		memcpy(&word, p, sizeof word);
		h = (h ^ word) * odd;
		h ^= h >> 29;
	}
	word = 0;
	if (len > 0)
		memcpy(&word, p, len);
	h = (h ^ word) * odd;
	return h ^ h >> 32;
}

static void see(struct sights *s, int64_t number, const void *data, size_t len)
{
	struct sight *one;

	MEM_ROOM(s->list, s->count);
	one = &s->list[s->count++];
	*one = (struct sight){.number = number, .digest = digest(data, len), .len = (uint32_t)len};
	if (len > 0)
		memcpy(one->head, data, len < HEADERS ? len : HEADERS);
}

void witness_tap(struct witness *w, enum capture_direction d, int64_t at, const void *data,
                 size_t len)
{
	see(&w->seen[TAP][d == CAPTURE_OUTBOUND], at, data, len);
}

void witness_wire(struct witness *w, enum capture_direction d, int64_t number, const void *data,
                  size_t len)
{
	see(&w->seen[WIRE][d == CAPTURE_OUTBOUND], number, data, len);
}

void witness_open_ends(const struct witness *w, size_t *tap_ahead, size_t *wire_ahead)
{
	*tap_ahead = 0;
	*wire_ahead = 0;
	for (int out = 0; out < 2; out++) {
		size_t tap = w->seen[TAP][out].count, wire = w->seen[WIRE][out].count;

		if (tap > wire)
			*tap_ahead += tap - wire;
		else
			*wire_ahead += wire - tap;
	}
}

static bool same(const struct sight *a, const struct sight *b)
{
	return a->len == b->len && a->digest == b->digest;
}

/* How far apart two packets that change places may be; more than a host has CPUs. */
#define NEIGHBOURS 64u

int64_t witness_tap_time(const struct witness *w, int64_t number)
{
	const struct sights *wire = &w->seen[WIRE][1], *tap = &w->seen[TAP][1];
	size_t low = 0, high = wire->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wire->list[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == wire->count || wire->list[low].number != number)
		return 0;
	/* its own place first, then those around it: two CPUs may have passed each other between
	 * the witnesses */
	for (size_t away = 0; away <= NEIGHBOURS; away++) {
		if (low + away < tap->count && same(&wire->list[low], &tap->list[low + away]))
			return tap->list[low + away].number;
		if (w->any_order && away <= low && low - away < tap->count &&
		    same(&wire->list[low], &tap->list[low - away]))
			return tap->list[low - away].number;
		if (!w->any_order)
			return 0;
	}
	return 0;
}

/* "192.0.2.1.40001 > 192.0.2.2.6000 tcp S., 60 bytes" */
static void describe(const struct sight *s, struct buf *out)
{
	char from[46], to[46], flags[16];
	struct packet p;

	/* only the head is kept: that the rest is missing is no news */
	packet_decode(&p, s->head, s->len < HEADERS ? s->len : HEADERS);
	if (p.version != 4 && p.version != 6) {
		buf_printf(out, "%u bytes that are no IP datagram", s->len);
		return;
	}
	packet_addr_text(&p.src.addr, from);
	packet_addr_text(&p.dst.addr, to);
	if (!p.has_ports)
		buf_printf(out, "%s > %s protocol %u", from, to, p.protocol);
	else
		buf_printf(out, "%s.%u > %s.%u %s", from, p.src.port, to, p.dst.port,
		           p.protocol == 6 ? packet_flags_text(p.tcp.flags, flags) : "udp");
	buf_printf(out, ", %u bytes", s->len);
}

static void describe_difference(const struct sight *tap, const struct sight *wire, struct buf *out)
{
	size_t head = tap->len < wire->len ? tap->len : wire->len;

	describe(wire, out);
	buf_str(out, "; libpcap saw ");
	describe(tap, out);
	if (head > HEADERS)
		head = HEADERS;
	for (size_t i = 0; i < head; i++) {
		if (tap->head[i] == wire->head[i])
			continue;
		buf_printf(out, "; byte %zu is 0x%02x on the wire, 0x%02x by libpcap", i,
		           wire->head[i], tap->head[i]);
		return;
	}
	if (tap->len == wire->len)
		buf_printf(out, "; they differ after byte %d", HEADERS - 1);
}

static int by_bytes(const void *left, const void *right)
{
	const struct sight *a = left, *b = right;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->digest < b->digest ? -1 : a->digest > b->digest;
}

/* One side's sights in the order in which they are compared; free() it. */
static struct sight *arrange(const struct witness *w, const struct sights *s)
{
	struct sight *list = mem_copy(s->list, s->count * sizeof *list);

	if (w->any_order)
		qsort(list, s->count, sizeof *list, by_bytes);
	return list;
}

static int alone(const struct witness *w, bool out, bool by_tap, const struct sight *s,
                 struct err *err)
{
	struct buf words = {0};

	describe(s, &words);
	if (by_tap)
		err_set(err, EBADMSG,
		        "%s, %s: libpcap saw a packet that the wire did not carry: %s", w->host,
		        out ? "outbound" : "inbound", buf_text(&words));
	else
		err_set(err, EBADMSG, "%s, %s: libpcap did not see packet %lld of the wire: %s",
		        w->host, out ? "outbound" : "inbound", (long long)s->number,
		        buf_text(&words));
	buf_free(&words);
	return -1;
}

static int part(const struct witness *w, bool out, const struct sight *tap,
                const struct sight *wire, struct err *err)
{
	struct buf words = {0};

	describe_difference(tap, wire, &words);
	err_set(err, EBADMSG, "%s, %s: packet %lld differs: the wire carried %s", w->host,
	        out ? "outbound" : "inbound", (long long)wire->number, buf_text(&words));
	buf_free(&words);
	return -1;
}

static int compare(const struct witness *w, bool out, struct err *err)
{
	const struct sights *taps = &w->seen[TAP][out], *wires = &w->seen[WIRE][out];
	struct sight *tap = arrange(w, taps), *wire = arrange(w, wires);
	size_t both = taps->count < wires->count ? taps->count : wires->count, i = 0;
	int rc = 0;

	while (i < both && same(&tap[i], &wire[i]))
		i++;
	/* sorted, the smaller one of a pair that differs is the one without a partner */
	if (i < both && w->any_order)
		rc = by_bytes(&tap[i], &wire[i]) < 0 ? alone(w, out, true, &tap[i], err)
		                                     : alone(w, out, false, &wire[i], err);
	else if (i < both)
		rc = part(w, out, &tap[i], &wire[i], err);
	else if (i < taps->count)
		rc = alone(w, out, true, &tap[i], err);
	else if (i < wires->count)
		rc = alone(w, out, false, &wire[i], err);
	free(tap);
	free(wire);
	return rc;
}

int witness_agree(const struct witness *w, struct err *err)
{
	return compare(w, true, err) < 0 || compare(w, false, err) < 0 ? -1 : 0;
}

/* A sight and its place, so that equal ones keep their order. */
struct placed {
	const struct sight *sight;
	size_t place;
};

static int by_bytes_then_place(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	int rc = by_bytes(a->sight, b->sight);

	return rc != 0 ? rc : a->place < b->place ? -1 : 1;
}

static struct placed *sort(const struct sights *s)
{
	struct placed *list = mem_zero(s->count + 1, sizeof *list);

	for (size_t i = 0; i < s->count; i++)
		list[i] = (struct placed){.sight = &s->list[i], .place = i};
	qsort(list, s->count, sizeof *list, by_bytes_then_place);
	return list;
}

/* The wire's number for each sight of the tap: equal bytes go together in the order in which they
 * came. free() it. */
static int64_t *pair(const struct sights *taps, const struct sights *wires)
{
	int64_t *numbers = mem_zero(taps->count + 1, sizeof *numbers);
	struct placed *tap, *wire;
	size_t t = 0, w = 0;

	/* as it nearly always is: both saw the same in the same order */
	while (t < taps->count && t < wires->count && same(&taps->list[t], &wires->list[t])) {
		numbers[t] = wires->list[t].number;
		t++;
	}
	if (t == taps->count)
		return numbers;
	memset(numbers, 0, taps->count * sizeof *numbers);
	tap = sort(taps);
	wire = sort(wires);
	for (t = 0; t < taps->count && w < wires->count;) {
		int rc = by_bytes(tap[t].sight, wire[w].sight);

		if (rc == 0)
			numbers[tap[t].place] = wire[w].sight->number;
		t += rc <= 0;
		w += rc >= 0;
	}
	free(tap);
	free(wire);
	return numbers;
}

void witness_each(const struct witness *w, witness_fn *fn, void *arg)
{
	for (int out = 1; out >= 0; out--) {
		const struct sights *taps = &w->seen[TAP][out];
		int64_t *numbers = pair(taps, &w->seen[WIRE][out]);

		for (size_t i = 0; i < taps->count; i++) {
			const struct sight *s = &taps->list[i];
			struct witness_sight told = {
			    .at = s->number,
			    .direction = out ? CAPTURE_OUTBOUND : CAPTURE_INBOUND,
			    .number = numbers[i],
			    .len = s->len,
			    .head = s->head,
			    .head_len = s->len < HEADERS ? s->len : HEADERS,
			};

			fn(arg, &told);
		}
		free(numbers);
	}
}
