/* SPDX-License-Identifier: MIT */
/* table.c - see table.h: the text for people */
#include "inspect/table.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "inspect/table_own.h"
#include "savefile/link.h"
#include <inttypes.h>
#include <string.h>

enum {
	FLOW,
	PROTO,
	FROM,
	TO,
	OPENED,
	DURATION,
	ENDED,
	PACKETS_OUT,
	PACKETS_IN,
	BYTES_OUT,
	BYTES_IN,
	DATA_OUT,
	DATA_IN,
	RETRANSMISSIONS,
	RESETS,
	HANDSHAKE,
	COLUMNS,
};

static const struct {
	const char *title;
	bool left; /* words stand left, numbers right */
} columns[COLUMNS] = {
    {"FLOW", false},     {"PROTO", true},   {"FROM", true},    {"TO", true},
    {"OPENED", false},   {"TOOK", false},   {"ENDED", true},   {"PACKETS>", false},
    {"<PACKETS", false}, {"BYTES>", false}, {"<BYTES", false}, {"DATA>", false},
    {"<DATA", false},    {"RETR", false},   {"RST", false},    {"HANDSHAKE", false},
};

#define CELL 64

struct row {
	char cell[COLUMNS][CELL];
};

const char *seconds_text(int64_t ns, int digits, char text[static SECONDS_TEXT])
{
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t fraction = size % 1000000000;

	for (int i = 9; i > digits; i--)
		fraction /= 10;
	snprintf(text, SECONDS_TEXT, "%s%" PRIu64 ".%0*" PRIu64, ns < 0 ? "-" : "",
	         size / 1000000000, digits, fraction);
	return text;
}

static void end_text(const struct packet_end *end, char cell[static CELL])
{
	char address[46];

	packet_addr_text(&end->addr, address);
	snprintf(cell, CELL, end->addr.version == 6 ? "[%s]:%u" : "%s:%u", address, end->port);
}

static void word_text(const char *word, char cell[static CELL])
{
	snprintf(cell, CELL, "%s", word);
}

static void count_text(uint64_t a, char cell[static CELL])
{
	snprintf(cell, CELL, "%" PRIu64, a);
}

static void fill(struct row *r, const struct inspect_flow *f, int64_t zero)
{
	const struct inspect_side *a = &f->side[0], *b = &f->side[1];
	char text[SECONDS_TEXT];

	count_text(f->number, r->cell[FLOW]);
	word_text(protocol_text(f->protocol), r->cell[PROTO]);
	end_text(&a->end, r->cell[FROM]);
	end_text(&b->end, r->cell[TO]);
	snprintf(r->cell[OPENED], CELL, "%s%s", f->opener_known ? "" : "~",
	         seconds_text(f->opened_at - zero, 6, text));
	seconds_text(f->last_at - f->opened_at, 6, r->cell[DURATION]);
	word_text(flow_end_text(f->ended), r->cell[ENDED]);
	count_text(a->packets, r->cell[PACKETS_OUT]);
	count_text(b->packets, r->cell[PACKETS_IN]);
	count_text(a->bytes, r->cell[BYTES_OUT]);
	count_text(b->bytes, r->cell[BYTES_IN]);
	count_text(a->payload, r->cell[DATA_OUT]);
	count_text(b->payload, r->cell[DATA_IN]);
	count_text(a->retransmissions + b->retransmissions, r->cell[RETRANSMISSIONS]);
	count_text(a->resets + b->resets, r->cell[RESETS]);
	if (f->handshake < 0)
		word_text("-", r->cell[HANDSHAKE]);
	else
		snprintf(r->cell[HANDSHAKE], CELL, "%" PRId64 ".%03" PRId64 " ms",
		         f->handshake / 1000000, f->handshake / 1000 % 1000);
}

static void put_row(FILE *out, const struct row *r, const int *width)
{
	for (int c = 0; c < COLUMNS; c++) {
		bool last = c == COLUMNS - 1;

		fprintf(out, columns[c].left ? "%-*s%s" : "%*s%s", width[c], r->cell[c],
		        last ? "\n" : "  ");
	}
}

static void widen(int *width, const struct row *r)
{
	for (int c = 0; c < COLUMNS; c++) {
		int w = (int)strlen(r->cell[c]);

		if (w > width[c])
			width[c] = w;
	}
}

static const char *many(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* One more reason why frames are not in the table: @one of a single one, @more of several. */
static bool any(FILE *out, bool before, uint64_t count, const char *one, const char *more)
{
	if (count == 0)
		return before;
	fprintf(out, "%s%" PRIu64 " %s", before ? ", " : "not in the table: ", count,
	        count == 1 ? one : more);
	return true;
}

static bool any_not_read(FILE *out, bool before, const struct inspect_totals *t)
{
	struct buf type = {0};

	if (t->not_read == 0)
		return before;
	link_text(&type, t->not_read_type);
	fprintf(out, "%s%" PRIu64 " frame%s of %s%s not read here",
	        before ? ", " : "not in the table: ", t->not_read, many(t->not_read),
	        buf_text(&type), t->not_read_others ? " and others, which are" : ", which is");
	buf_free(&type);
	return true;
}

static void put_head(FILE *out, const struct inspection *i, const struct table *t)
{
	struct inspect_totals totals = inspect_totals(i);
	char took[SECONDS_TEXT];
	struct buf name = {0};

	text_escape(&name, t->name, strlen(t->name), 0);
	fprintf(out, "%s: %s, %" PRIu64 " packet%s, %" PRIu64 " byte%s, %s s, %zu conversation%s",
	        buf_text(&name), totals.format, totals.packets, many(totals.packets), totals.bytes,
	        many(totals.bytes), seconds_text(totals.last_at - totals.first_at, 6, took),
	        inspect_count(i), many(inspect_count(i)));
	if (t->count < inspect_count(i))
		fprintf(out, ", %zu of them shown", t->count);
	fputs("\n", out);
	buf_free(&name);
}

static void put_foot(FILE *out, const struct inspection *i, bool unknown, uint64_t fragments)
{
	struct inspect_totals totals = inspect_totals(i);
	bool before = false;

	if (unknown)
		fputs("~ it was open already when the capture began: FROM is who is seen first\n",
		      out);
	if (fragments > 0)
		fprintf(out,
		        "%" PRIu64 " more frame%s held fragments; a datagram counts where it "
		        "became whole, as in Wireshark\n",
		        fragments, many(fragments));
	if (totals.seen_again > 0)
		fprintf(out,
		        "%" PRIu64 " more frame%s further sights of a packet, on another "
		        "interface with the same packetid; a packet counts once\n",
		        totals.seen_again, totals.seen_again == 1 ? " is" : "s are");
	before = any_not_read(out, before, &totals);
	before = any(out, before, totals.no_ip, "frame without IP", "frames without IP");
	before = any(out, before, totals.other, "of another protocol than TCP and UDP",
	             "of other protocols than TCP and UDP");
	before =
	    any(out, before, totals.too_short, "too short or malformed", "too short or malformed");
	before = any(out, before, totals.fragments_lost,
	             "fragment of a datagram that never became whole",
	             "fragments of datagrams that never became whole");
	if (before)
		fputs("\n", out);
}

void table_text(FILE *out, const struct inspection *i, const struct table *t)
{
	int64_t zero = inspect_totals(i).first_at;
	int width[COLUMNS] = {0};
	uint64_t fragments = 0;
	bool unknown = false;
	struct row row = {0};

	put_head(out, i, t);
	for (int c = 0; c < COLUMNS; c++)
		word_text(columns[c].title, row.cell[c]);
	widen(width, &row);
	for (size_t k = 0; k < t->count; k++) {
		struct inspect_flow f = inspect_get(i, t->flows[k]);

		fill(&row, &f, zero);
		widen(width, &row);
		unknown = unknown || !f.opener_known;
		fragments += f.side[0].fragments + f.side[1].fragments;
	}
	if (t->count > 0) {
		fputs("\n", out);
		for (int c = 0; c < COLUMNS; c++)
			word_text(columns[c].title, row.cell[c]);
		put_row(out, &row, width);
	}
	for (size_t k = 0; k < t->count; k++) {
		struct inspect_flow f = inspect_get(i, t->flows[k]);

		fill(&row, &f, zero);
		put_row(out, &row, width);
	}
	put_foot(out, i, unknown, fragments);
}
