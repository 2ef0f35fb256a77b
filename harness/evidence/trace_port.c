/* SPDX-License-Identifier: MIT */
/*
 * trace_port.c - ports that a kernel chose get the name of their flow, wherever they are written
 */
#include "evidence/trace.h"
#include <string.h>

/*
 * An opener's port from here on is one the kernel chose: hosts of a world choose from 40000-49999
 * (world.h), this machine's own stack from 32768 on (ip(7), ip_local_port_range). A server's is
 * only in the first range: there it bound to port 0.
 */
#define OPENER_FIRST 32768u
#define WORLD_FIRST  40000u
#define WORLD_LAST   49999u

static bool of_world(uint64_t port)
{
	return port >= WORLD_FIRST && port <= WORLD_LAST;
}

static bool chosen(const struct flow *f, int side)
{
	uint16_t port = f->side[side].end.port;

	return side == 0 ? port >= OPENER_FIRST : of_world(port);
}

void trace_port(const struct trace *t, size_t index, int side, struct buf *out)
{
	const struct flow *f = t->flows[index].flow;

	if (!chosen(f, side))
		buf_printf(out, "%u", f->side[side].end.port);
	else if (side == 0)
		buf_printf(out, "{port:%zu}", index + 1);
	else
		buf_printf(out, "{server port:%zu}", index + 1);
}

/* The first flow of the trace with this port: a UDP socket's many flows have one port, and one
 * name. */
static bool name_port(const struct trace *t, uint64_t port, struct buf *out)
{
	for (size_t i = 0; i < t->count; i++) {
		for (int side = 0; side < 2; side++) {
			const struct flow *f = t->flows[i].flow;

			if (f->side[side].end.port != port || !chosen(f, side))
				continue;
			trace_port(t, i, side, out);
			return true;
		}
	}
	return false;
}

static bool ends_with(const char *p, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && memcmp(p + len - n, word, n) == 0;
}

/* A port that no packet bore, bound to by the kernel's choice and printed: told by the words before
 * it. */
static bool reads_as_port(const char *p, size_t len)
{
	return ends_with(p, len, ":") || ends_with(p, len, "port ") || ends_with(p, len, "port=");
}

/* A whole number of five digits at @p, or 0. */
static uint64_t number_at(const char *p, size_t digits)
{
	uint64_t n = 0;

	if (digits != 5 || *p == '0')
		return 0;
	for (size_t i = 0; i < digits; i++)
		n = 10 * n + (uint64_t)(p[i] - '0');
	return n;
}

/* Length of the digits at @p, or, with @other, of what is none. */
static size_t span(const char *p, size_t len, bool other)
{
	size_t n = 0;

	while (n < len && (p[n] >= '0' && p[n] <= '9') != other)
		n++;
	return n;
}

static void name_ports(const struct trace *t, const char *p, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len;) {
		size_t plain = span(p + i, len - i, true), digits;
		uint64_t port;

		buf_add(out, p + i, plain);
		i += plain;
		digits = span(p + i, len - i, false);
		port = digits ? number_at(p + i, digits) : 0;
		if (port > 0 && name_port(t, port, out))
			;
		else if (of_world(port) && reads_as_port(p, i))
			buf_str(out, "{port}");
		else
			buf_add(out, p + i, digits);
		i += digits;
	}
}

void trace_normalise(const struct trace *t, const char *p, size_t len, struct buf *out)
{
	struct buf named = {0};

	trace_name_places(t, p, len, &named);
	name_ports(t, buf_text(&named), named.len, out);
	buf_free(&named);
}
