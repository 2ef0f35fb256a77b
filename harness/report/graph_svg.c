/* SPDX-License-Identifier: MIT */
/*
 * graph_svg.c - time and sequence numbers of one TCP connection
 *
 * A panel for each direction that carried data, or for the opener's when none did. A bar is a
 * segment, from its first relative number to the one behind its last, at the time at which it came
 * onto the link; SYN and FIN have one number each (RFC 9293 3.4). Steps are what the other side
 * acknowledged, and that plus its window: the number behind the highest that may be sent. An ACK
 * counts when it was delivered, and not when one that acknowledges more was before it, so that the
 * lines are what the sender knew. A line that is above the panel is not drawn there: it leaves
 * through the top, and words say where it is.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/load.h"
#include "report/drawing_own.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  960.0
#define PANEL  360.0
#define LEFT   92.0
#define RIGHT  24.0
#define TOP    76.0
#define BOTTOM 46.0
#define TICKS  6

/* What an ACK told the sender. */
struct told {
	int64_t at; /* ns, when it was delivered */
	uint64_t ack, edge;
};

struct panel {
	const struct timeline *tl;
	const struct flow *flow;
	int dir;
	struct buf *out;
	int64_t from, to; /* ns, of the connection's packets */
	uint64_t most;    /* the highest number drawn */
	double top;
	struct told *told; /* in the order of delivery */
	size_t told_count;
};

static double x_of(const struct panel *p, int64_t at)
{
	return LEFT + (WIDTH - LEFT - RIGHT) * (double)(at - p->from) / (double)(p->to - p->from);
}

static double y_of(const struct panel *p, uint64_t number)
{
	return p->top + PANEL - PANEL * (double)number / (double)p->most;
}

/* The next of 1, 2, 5, 10, … that cuts @range into no more than TICKS parts. */
static double step_of(double range)
{
	double step = 1;

	for (int i = 0; range / step > TICKS; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	return step;
}

static const struct timeline_packet *segment(const struct panel *p, int64_t number)
{
	const struct timeline_packet *q = timeline_packet(p->tl, number);

	return q && q->note.flow == p->flow && q->packet.protocol == IPPROTO_TCP &&
	               q->packet.has_ports
	           ? q
	           : NULL;
}

static bool occupies(const struct timeline_packet *q)
{
	return q->packet.payload_len > 0 || (q->packet.tcp.flags & (TCP_SYN | TCP_FIN));
}

/* The number behind the segment's last. */
static uint64_t end_of(const struct timeline_packet *q)
{
	return q->note.seq_end + ((q->packet.tcp.flags & TCP_SYN) != 0) +
	       ((q->packet.tcp.flags & TCP_FIN) != 0);
}

/* An ACK that the panel's sender got. */
static bool tells(const struct panel *p, const struct timeline_packet *q)
{
	return q->note.dir != p->dir && (q->packet.tcp.flags & TCP_ACK) &&
	       !(q->packet.tcp.flags & TCP_RST) && q->fate == FATE_DELIVERED;
}

static int by_delivery(const void *left, const void *right)
{
	const struct told *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->ack > b->ack) - (a->ack < b->ack);
}

/* What was told, as the sender took it: an ACK that was overtaken says nothing (RFC 9293 3.10.7.4,
 * SND.WL2). */
static void order_told(struct panel *p)
{
	size_t kept = 0;

	if (p->told_count > 0)
		qsort(p->told, p->told_count, sizeof *p->told, by_delivery);
	for (size_t i = 0; i < p->told_count; i++) {
		if (kept == 0 || p->told[i].ack >= p->told[kept - 1].ack)
			p->told[kept++] = p->told[i];
	}
	p->told_count = kept;
}

/* The numbers that the panel has to show: a window far above what was ever sent would leave the
 * data a line at the bottom. */
static void measure(struct panel *p)
{
	uint64_t sent = 1, edge = 0;
	bool any = false;

	p->told_count = 0;
	for (int64_t n = 1; n <= timeline_sealed_packets(p->tl); n++) {
		const struct timeline_packet *q = segment(p, n);
		int64_t last;

		if (!q)
			continue;
		last =
		    q->fate == FATE_DELIVERED && q->delivered_at > q->at ? q->delivered_at : q->at;
		if (!any || q->at < p->from)
			p->from = q->at;
		if (!any || last > p->to)
			p->to = last;
		any = true;
		if (q->note.dir == p->dir && end_of(q) > sent)
			sent = end_of(q);
		if (!tells(p, q))
			continue;
		MEM_ROOM(p->told, p->told_count);
		p->told[p->told_count++] =
		    (struct told){last, q->note.ack, q->note.ack + q->note.window};
		if (q->note.ack + q->note.window > edge)
			edge = q->note.ack + q->note.window;
	}
	order_told(p);
	p->most = edge < sent + sent / 2 ? edge > sent ? edge : sent : sent + sent / 5;
	p->most += p->most / 20 + 1;
	if (p->to <= p->from)
		p->to = p->from + 1;
}

static void axes(struct panel *p)
{
	double step = step_of((double)p->most), ns = step_of((double)(p->to - p->from));

	for (int i = 0; i * step <= (double)p->most; i++) {
		double at = i * step;

		buf_printf(p->out,
		           "<line class=\"sp-grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" "
		           "y2=\"%.1f\"/><text class=\"sp-dim sp-l\" x=\"%.0f\" "
		           "y=\"%.1f\">%.0f</text>\n",
		           LEFT, WIDTH - RIGHT, y_of(p, (uint64_t)at), y_of(p, (uint64_t)at),
		           LEFT - 6, y_of(p, (uint64_t)at) + 4, at);
	}
	for (int i = 0; i * ns <= (double)(p->to - p->from); i++) {
		double at = i * ns, x = x_of(p, p->from + (int64_t)at);
		struct buf b = {0};

		text_ns(&b, (int64_t)at);
		buf_printf(p->out,
		           "<line class=\"sp-grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.0f\" "
		           "y2=\"%.0f\"/><text class=\"sp-dim sp-m\" x=\"%.1f\" "
		           "y=\"%.0f\">%s</text>\n",
		           x, x, p->top, p->top + PANEL, x, p->top + PANEL + 16, buf_text(&b));
		buf_free(&b);
	}
}

/* "65,280" */
static void grouped(struct buf *out, uint64_t n)
{
	if (n >= 1000)
		grouped(out, n / 1000);
	buf_printf(out, n >= 1000 ? ",%03u" : "%u", (unsigned)(n % 1000));
}

/* Where a line is above the panel: its lowest and its highest number there; 0: nowhere. */
struct above {
	uint64_t least, most;
};

static void say_above(struct panel *p, const struct above *a, bool window, double y)
{
	struct buf says = {0};

	if (a->most == 0)
		return;
	grouped(&says, a->least);
	if (a->most > a->least) {
		buf_str(&says, " to ");
		grouped(&says, a->most);
	}
	buf_printf(p->out, "<text class=\"%s sp-l\" x=\"%.0f\" y=\"%.0f\">%s above: %s</text>\n",
	           window ? "sp-win" : "sp-ack", WIDTH - RIGHT - 4, y,
	           window ? "window's edge" : "acknowledged", buf_text(&says));
	buf_free(&says);
}

/* The next step of a line at @now; outside: it comes from above the panel, or begins. */
static void step(const struct panel *p, struct buf *d, size_t i, uint64_t now, bool outside)
{
	double x = x_of(p, p->told[i].at);

	if (now > p->most && !outside)
		buf_printf(d, "H%.1fV%.1f", x, p->top);
	else if (now <= p->most && !outside)
		buf_printf(d, "H%.1fV%.1f", x, y_of(p, now));
	else if (now <= p->most && i > 0)
		buf_printf(d, "M%.1f %.1fV%.1f", x, p->top, y_of(p, now));
	else if (now <= p->most)
		buf_printf(d, "M%.1f %.1f", x, y_of(p, now));
}

/* The steps of what was acknowledged, or of the window's edge. */
static void line_of_acks(struct panel *p, bool window, double says_at)
{
	struct above above = {.least = UINT64_MAX};
	struct buf d = {0};
	bool outside = true;

	for (size_t i = 0; i < p->told_count; i++) {
		uint64_t now = window ? p->told[i].edge : p->told[i].ack;

		step(p, &d, i, now, outside);
		outside = now > p->most;
		if (outside && now < above.least)
			above.least = now;
		if (outside && now > above.most)
			above.most = now;
	}
	if (!outside)
		buf_printf(&d, "H%.1f", WIDTH - RIGHT);
	if (d.len > 0)
		buf_printf(p->out, "<path class=\"%s\" stroke-width=\"1.3\" d=\"%s\"/>\n",
		           window ? "sp-win-s" : "sp-ack-s", buf_text(&d));
	say_above(p, &above, window, says_at);
	buf_free(&d);
}

static void bars(struct panel *p)
{
	for (int64_t n = 1; n <= timeline_sealed_packets(p->tl); n++) {
		const struct timeline_packet *q = segment(p, n);
		struct buf says = {0};
		double x, low, high;
		bool again, lost;

		if (!q || q->note.dir != p->dir || !occupies(q))
			continue;
		again = q->note.retransmission || q->note.partly_old;
		lost = q->fate != FATE_DELIVERED;
		x = x_of(p, q->at);
		low = y_of(p, q->note.seq);
		high = y_of(p, end_of(q));
		if (low - high < 2)
			high = low - 2;
		buf_printf(p->out,
		           "<g data-packet=\"%" PRId64 "\"><path class=\"%s\" stroke-width=\"%s\" "
		           "d=\"M%.1f %.1fV%.1f\"/>",
		           q->number,
		           again  ? "sp-bad-s"
		           : lost ? "sp-odd-s"
		                  : "sp-f0",
		           again ? "3" : "2", x, low, high);
		if (lost)
			buf_printf(p->out,
			           "<path class=\"sp-odd-s\" stroke-width=\"1.3\" d=\"M%.1f "
			           "%.1fl6 6m0 -6l-6 6\"/>",
			           x - 3, high - 8);
		buf_printf(p->out, "<title>packet %" PRId64 ": ", q->number);
		timeline_packet_text(p->tl, q, true, &says);
		svg_text(p->out, buf_text(&says));
		buf_str(p->out, "</title></g>\n");
		buf_free(&says);
	}
}

static void panel(struct panel *p)
{
	const struct flow_side *me = &p->flow->side[p->dir];
	struct buf b = {0};

	measure(p);
	buf_printf(&b, "%s: %" PRIu64 " bytes in %" PRIu64 " segments, %" PRIu64 " sent again",
	           p->dir == 0 ? "what the opener sent" : "what the answering side sent", me->bytes,
	           me->payload_packets, me->retransmitted);
	buf_printf(p->out, "<text class=\"sp-t sp-b\" x=\"%.0f\" y=\"%.0f\">%s</text>\n", LEFT,
	           p->top - 8, buf_text(&b));
	axes(p);
	line_of_acks(p, true, p->top + 14);
	line_of_acks(p, false, p->top + 30);
	bars(p);
	buf_free(&b);
}

static void head(struct buf *out, const char *title, const char *ended)
{
	buf_printf(out, "<text class=\"sp-t sp-b sp-big\" x=\"14\" y=\"22\">");
	svg_cut(out, title, (size_t)((WIDTH - 28) / 9));
	buf_printf(
	    out,
	    "</text>\n<text class=\"sp-dim\" x=\"14\" y=\"40\">relative sequence number over "
	    "time; %s; <tspan class=\"sp-t sp-b\">▮ sent</tspan>  <tspan class=\"sp-bad "
	    "sp-b\">▮ sent again</tspan>  <tspan class=\"sp-odd sp-b\">✕ did not "
	    "arrive</tspan>  <tspan class=\"sp-ack sp-b\">▬ acknowledged</tspan>  <tspan "
	    "class=\"sp-win sp-b\">▬ window's edge</tspan></text>\n",
	    ended);
}

int graph_svg(const struct case_evidence *c, unsigned index, const struct drawing_setting *set,
              struct buf *out)
{
	struct flow_table *flows = timeline_flows(c->timeline);
	struct panel p = {.tl = c->timeline, .out = out};
	struct buf title = {0}, id = {0};
	bool drawn[2];
	double height;
	char a[46], b[46];

	if (index >= flow_count(flows))
		return -1;
	p.flow = flow_get(flows, index);
	if (p.flow->protocol != IPPROTO_TCP)
		return -1;
	drawn[1] = p.flow->side[1].payload_packets > 0;
	drawn[0] = p.flow->side[0].payload_packets > 0 || !drawn[1];
	height = TOP + (drawn[0] + drawn[1]) * (PANEL + BOTTOM) + (drawn[0] && drawn[1] ? 20 : 0);
	case_evidence_name(c, &title);
	buf_printf(&title, "  %s:%u > %s:%u", packet_addr_text(&p.flow->side[0].end.addr, a),
	           p.flow->side[0].end.port, packet_addr_text(&p.flow->side[1].end.addr, b),
	           p.flow->side[1].end.port);
	buf_printf(&id, "graph%u", index + 1);
	svg_open(
	    out, set, buf_text(&id), (int)WIDTH, (int)height, buf_text(&title),
	    "Relative sequence numbers over time: what was sent, sent again, acknowledged, and "
	    "the window");
	head(out, buf_text(&title), flow_end_text(p.flow->ended));
	p.top = TOP;
	for (p.dir = 0; p.dir < 2; p.dir++) {
		if (!drawn[p.dir])
			continue;
		panel(&p);
		p.top += PANEL + BOTTOM + 20;
	}
	svg_close(out);
	free(p.told);
	buf_free(&title);
	buf_free(&id);
	return 0;
}
