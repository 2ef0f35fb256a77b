/* SPDX-License-Identifier: MIT */
/*
 * trace_flow.c - the flows of a normalised trace: what each side said, without how the kernel put
 * it
 *
 * Theory. What a run may not differ in is what programs and the script caused: that a SYN, a FIN,
 * an RST was sent; which bytes arrived, in which order; which kinds of ICMP error. What a kernel
 * may choose is left out: segmentation, ACKs, retransmissions, and which of two directions came
 * first. Bytes count as delivered: what a sender pushed into a cut wire depends on its congestion
 * window, what came out does not. Two flows are ordered only where something ordered them: by their
 * opener's host, then by whom they were opened to, then by time, since one host opens one after the
 * other.
 */
#include "base/digest.h"
#include "base/text.h"
#include "evidence/trace.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

void trace_bytes(const void *p, size_t len, struct buf *out)
{
	buf_printf(out, "%zu %s, fnv1a %016llx, \"", len, len == 1 ? "byte" : "bytes",
	           (unsigned long long)digest_add(DIGEST_BEGIN, p, len));
	text_escape(out, p, len, TRACE_SHOWN);
	buf_str(out, "\"");
}

static bool is_icmp(const struct packet *p)
{
	return p->protocol == IPPROTO_ICMP || p->protocol == IPPROTO_ICMPV6;
}

/* Once each: does @lines hold @line (with its newline) already? */
static bool has_line(const struct buf *lines, const struct buf *line)
{
	const char *s = buf_text(lines);

	while ((s = strstr(s, buf_text(line)))) {
		if (s == buf_text(lines) || s[-1] == '\n')
			return true;
		s++;
	}
	return false;
}

static void note_icmp(const struct trace *t, struct trace_side *side,
                      const struct timeline_packet *p)
{
	struct buf text = {0}, line = {0};

	timeline_packet_text(t->tl, p, false, &text);
	buf_printf(&line, "    %s\n", buf_text(&text));
	if (!has_line(&side->icmp, &line))
		buf_add(&side->icmp, line.p, line.len);
	buf_free(&text);
	buf_free(&line);
}

static void note_datagram(const struct flow *f, struct trace_side *side, const struct packet *p)
{
	const uint8_t *payload = p->data + p->payload_off;
	uint8_t *copy = trace_without_luck(f, payload, p->payload_len);

	buf_str(&side->datagrams, "    udp ");
	trace_bytes(copy ? copy : payload, p->payload_len, &side->datagrams);
	buf_str(&side->datagrams, "\n");
	free(copy);
}

static void note_segment(struct trace_side *side, const struct timeline_packet *p)
{
	uint8_t flags = p->packet.tcp.flags;
	bool syn = flags & TCP_SYN;

	/*
	 * Only what arrives counts: what a host still says into a cut wire hangs on when it
	 * notices. What the wire damaged is thrown away by its receiver; a host's own sum may be
	 * left to its device.
	 */
	if (p->fate != FATE_DELIVERED || (p->from == FROM_HARNESS && !p->packet.checksum_ok))
		return;
	side->syn = side->syn || syn;
	side->fin = side->fin || (flags & TCP_FIN);
	side->rst = side->rst || ((flags & TCP_RST) && !p->note.stray_rst);
	/* an RST's payload is a diagnostic text, no data (RFC 9293 3.5.3) */
	if (!(flags & TCP_RST) && p->note.seq + syn > 0)
		spans_add(&side->data, p->note.seq + syn, p->packet.data + p->packet.payload_off,
		          p->packet.payload_len);
}

static void note_packet(const struct trace *t, struct trace_flow *f,
                        const struct timeline_packet *p)
{
	struct trace_side *side = &f->side[p->note.dir];

	if (!f->first)
		f->first = p;
	if (is_icmp(&p->packet))
		note_icmp(t, side, p);
	else if (p->packet.protocol == IPPROTO_UDP)
		note_datagram(f->flow, side, &p->packet);
	else
		note_segment(side, p);
}

/* Index of the opener's host, hosts unknown behind all others. */
static int opener(const struct trace *t, const struct trace_flow *f)
{
	int host = timeline_host_of(t->tl, &f->flow->side[0].end.addr);

	return host < 0 ? timeline_host_count(t->tl) : host;
}

static int compare_ends(const struct packet_end *a, const struct packet_end *b)
{
	int order = memcmp(a->addr.bytes, b->addr.bytes, sizeof a->addr.bytes);

	if (a->addr.version != b->addr.version)
		return a->addr.version - b->addr.version;
	return order ? order : (int)a->port - (int)b->port;
}

/* A server's port that the kernel chose is no ground for an order. */
static struct packet_end responder(const struct trace_flow *f)
{
	struct packet_end e = f->flow->side[1].end;

	if (e.port >= 40000 && e.port <= 49999)
		e.port = 0;
	return e;
}

static int in_order(const void *left, const void *right, void *arg)
{
	const struct trace_flow *a = left, *b = right;
	struct packet_end to_a = responder(a), to_b = responder(b);
	int order = opener(arg, a) - opener(arg, b);

	if (order == 0)
		order = (int)a->flow->protocol - (int)b->flow->protocol;
	if (order == 0)
		order = compare_ends(&to_a, &to_b);
	if (order == 0)
		order = a->flow->index < b->flow->index ? -1 : 1;
	return order;
}

void trace_flows_collect(struct trace *t)
{
	size_t all = flow_count(timeline_flows(t->tl));

	t->flows = mem_zero(all, sizeof *t->flows);
	for (size_t i = 0; i < all; i++) {
		t->flows[i].flow = flow_get(timeline_flows(t->tl), i);
		spans_init(&t->flows[i].side[0].data, true);
		spans_init(&t->flows[i].side[1].data, true);
	}
	for (int64_t n = 1; n <= timeline_sealed_packets(t->tl); n++) {
		const struct timeline_packet *p = timeline_packet(t->tl, n);

		if (p->note.flow)
			note_packet(t, &t->flows[p->note.flow->index], p);
	}
	/* flows are in order of opening: those opened after the seal come last */
	while (t->count < all && t->flows[t->count].first)
		t->count++;
	qsort_r(t->flows, t->count, sizeof *t->flows, in_order, t);
}

void trace_flows_free(struct trace *t)
{
	size_t all = flow_count(timeline_flows(t->tl));

	for (size_t i = 0; i < 2 * all; i++) {
		struct trace_side *side = &t->flows[i / 2].side[i % 2];

		spans_free(&side->data);
		buf_free(&side->datagrams);
		buf_free(&side->icmp);
	}
	free(t->flows);
}

bool trace_broken(const struct trace_flow *f)
{
	return (f->side[0].rst || f->side[1].rst) && f->side[0].syn && f->side[1].syn;
}

static void write_data(const struct trace_flow *f, const struct trace_side *side, struct buf *out)
{
	const struct buf *bytes = &side->data.stream;
	uint8_t *copy = trace_without_luck(f->flow, bytes->p, bytes->len);
	const void *said = copy ? (const void *)copy : bytes->p;

	if (bytes->len == 0)
		return;
	buf_str(out, "    data ");
	if (!trace_broken(f)) {
		trace_bytes(said, bytes->len, out);
	} else {
		/* how many bytes a reset finds delivered is luck; how they begin is not */
		buf_str(out, "\"");
		text_escape(out, said, bytes->len, TRACE_SHOWN);
		buf_str(out, "\", cut off by RST");
	}
	buf_str(out, "\n");
	free(copy);
}

static void write_side(const struct trace_flow *f, int dir, const char *from, const char *to,
                       struct buf *out)
{
	const struct trace_side *side = &f->side[dir];

	buf_printf(out, "  %s > %s\n", from, to);
	if (side->syn)
		buf_printf(out, "    %s\n", dir == 0 ? "S" : "S.");
	write_data(f, side, out);
	buf_str(out, buf_text(&side->datagrams));
	/*
	 * A connection that stood and was broken: who still got its FIN through, and whose kernel
	 * answered what with RST, hangs on moments. That it was reset is told with the flow.
	 */
	if (!trace_broken(f)) {
		if (side->fin)
			buf_str(out, "    F\n");
		if (side->rst)
			buf_str(out, "    R\n");
	}
	buf_str(out, buf_text(&side->icmp));
}

static const char *ended(const struct trace_flow *f)
{
	const struct trace_side *a = &f->side[0], *b = &f->side[1];

	if (f->flow->protocol != IPPROTO_TCP)
		return "";
	if ((a->rst || b->rst || b->icmp.len > 0) && a->syn && !b->syn)
		return ", refused";
	if (a->rst || b->rst)
		return ", reset";
	return a->fin && b->fin ? ", closed" : ", open";
}

static void write_flow(const struct trace *t, size_t index, struct buf *out)
{
	const struct trace_flow *f = &t->flows[index];
	/* the first packet may be an answer, when the opener's was not seen */
	bool forward = f->first->note.dir == 0;
	const char *src = timeline_src(t->tl, f->first), *dst = timeline_dst(t->tl, f->first);
	const char *client = forward ? src : dst, *server = forward ? dst : src;

	buf_printf(out, "flow %zu: %s IPv%u %s:", index + 1,
	           f->flow->protocol == IPPROTO_TCP ? "tcp" : "udp",
	           f->flow->side[0].end.addr.version, client);
	trace_port(t, index, 0, out);
	buf_printf(out, " > %s:", server);
	trace_port(t, index, 1, out);
	buf_printf(out, "%s\n", ended(f));
	write_side(f, 0, client, server, out);
	write_side(f, 1, server, client, out);
}

void trace_flows_write(const struct trace *t, struct buf *out)
{
	for (size_t i = 0; i < t->count; i++)
		write_flow(t, i, out);
}
