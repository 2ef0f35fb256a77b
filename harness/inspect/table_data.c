/* SPDX-License-Identifier: MIT */
/* table_data.c - see table.h: JSON and CSV for programs */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "inspect/table.h"
#include "inspect/table_own.h"
#include "savefile/link.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *number(uint64_t v)
{
	return json_integer((json_int_t)v);
}

static json_t *side_json(const struct inspect_side *s)
{
	char address[46];

	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "address",
	                 packet_addr_text(&s->end.addr, address), "port", (int)s->end.port,
	                 "packets", number(s->packets), "bytes", number(s->bytes), "payload",
	                 number(s->payload), "retransmissions", number(s->retransmissions),
	                 "out_of_order", number(s->out_of_order), "resets", number(s->resets),
	                 "fragments", number(s->fragments), "fragment_bytes",
	                 number(s->fragment_bytes));
}

static void put_json(FILE *out, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

	if (!text) {
		fputs("out of memory\n", stderr);
		abort();
	}
	fputs(text, out);
	free(text);
	json_decref(j);
}

static void put_flow(FILE *out, const struct inspect_flow *f)
{
	json_t *j = json_pack(
	    "{s:o, s:s, s:i, s:o, s:o, s:b, s:o, s:I, s:I, s:s, s:o}", "flow", number(f->number),
	    "protocol", protocol_text(f->protocol), "stream", (int)f->stream, "from",
	    side_json(&f->side[0]), "to", side_json(&f->side[1]), "opening_seen",
	    (int)f->opener_known, "first_frame", number(f->first_number), "opened_at_ns",
	    (json_int_t)f->opened_at, "duration_ns", (json_int_t)(f->last_at - f->opened_at),
	    "ended", flow_end_text(f->ended), "handshake_ns",
	    f->handshake < 0 ? json_null() : json_integer((json_int_t)f->handshake));

	put_json(out, j);
}

static json_t *text_json(const char *s)
{
	struct buf b = {0};
	json_t *j;

	text_escape(&b, s, strlen(s), 0);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

/* Frames of link types in which no IP is looked for; null: there are none. */
static json_t *not_read_json(const struct inspect_totals *s)
{
	const char *name = link_name(s->not_read_type);

	if (s->not_read == 0)
		return json_null();
	return json_pack("{s:o, s:I, s:o, s:b}", "frames", number(s->not_read), "link_type",
	                 (json_int_t)s->not_read_type, "name",
	                 name ? json_string(name) : json_null(), "and_others",
	                 (int)s->not_read_others);
}

/* One conversation a line, so that it streams and diffs. */
void table_json(FILE *out, const struct inspection *i, const struct table *t)
{
	struct inspect_totals s = inspect_totals(i);

	fputs("{\"capture\":", out);
	put_json(out, json_pack("{s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, "
	                        "s:o}",
	                        "name", text_json(t->name), "format", s.format, "packets",
	                        number(s.packets), "bytes", number(s.bytes), "seen_again",
	                        number(s.seen_again), "first_at_ns", (json_int_t)s.first_at,
	                        "duration_ns", (json_int_t)(s.last_at - s.first_at),
	                        "conversations", number(inspect_count(i)), "without_ip",
	                        number(s.no_ip), "other_protocols", number(s.other), "too_short",
	                        number(s.too_short), "fragments_lost", number(s.fragments_lost),
	                        "not_read", not_read_json(&s), "error",
	                        t->broken ? text_json(t->broken->text) : json_null()));
	fputs(",\n\"flows\":[", out);
	for (size_t k = 0; k < t->count; k++) {
		struct inspect_flow f = inspect_get(i, t->flows[k]);

		fputs(k == 0 ? "\n" : ",\n", out);
		put_flow(out, &f);
	}
	fputs("\n]}\n", out);
}

/* Text; a spreadsheet takes what begins so for a formula. */
static void put_word(FILE *out, const char *text)
{
	if (strchr("=+-@", text[0]) && text[0])
		fputc('\'', out);
	fputs(text, out);
	fputc(',', out);
}

/* A number is one for every reader, a negative one too. */
static void put_seconds(FILE *out, int64_t ns)
{
	char text[SECONDS_TEXT];

	fprintf(out, "%s,", seconds_text(ns, 9, text));
}

static void put_end(FILE *out, const struct packet_end *end)
{
	char address[46];

	put_word(out, packet_addr_text(&end->addr, address));
	fprintf(out, "%u,", end->port);
}

void table_csv(FILE *out, const struct inspection *i, const struct table *t)
{
	int64_t zero = inspect_totals(i).first_at;

	fputs("flow,protocol,stream,from_address,from_port,to_address,to_port,opening_seen,"
	      "first_frame,opened_at,opened,duration,ended,handshake,",
	      out);
	for (int k = 0; k < 2; k++) {
		const char *side = k == 0 ? "from" : "to";

		fprintf(out,
		        "%s_packets,%s_bytes,%s_payload,%s_retransmissions,%s_out_of_order,"
		        "%s_resets,%s_fragments,%s_fragment_bytes%s",
		        side, side, side, side, side, side, side, side, k == 0 ? "," : "\n");
	}
	for (size_t k = 0; k < t->count; k++) {
		struct inspect_flow f = inspect_get(i, t->flows[k]);

		fprintf(out, "%zu,%s,%" PRIu32 ",", f.number, protocol_text(f.protocol), f.stream);
		put_end(out, &f.side[0].end);
		put_end(out, &f.side[1].end);
		fprintf(out, "%s,%" PRIu64 ",", f.opener_known ? "yes" : "no", f.first_number);
		put_seconds(out, f.opened_at);
		put_seconds(out, f.opened_at - zero);
		put_seconds(out, f.last_at - f.opened_at);
		put_word(out, flow_end_text(f.ended));
		if (f.handshake < 0)
			put_word(out, "");
		else
			put_seconds(out, f.handshake);
		for (int n = 0; n < 2; n++) {
			const struct inspect_side *s = &f.side[n];

			fprintf(out,
			        "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
			        ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "%s",
			        s->packets, s->bytes, s->payload, s->retransmissions,
			        s->out_of_order, s->resets, s->fragments, s->fragment_bytes,
			        n == 0 ? "," : "\n");
		}
	}
}
