/* SPDX-License-Identifier: MIT */
/*
 * packet_text.c - one packet in the words of a pattern line
 */
#include "base/mem.h"
#include "base/text.h"
#include "evidence/timeline.h"
#include <inttypes.h>
#include <netinet/in.h>

#define PAYLOAD_SHOWN 40 /* bytes; the rest is "…" */

static void put_payload(const struct packet *p, struct buf *out)
{
	buf_printf(out, " len %zu \"", p->payload_len);
	text_escape(out, p->data + p->payload_off, p->payload_len, PAYLOAD_SHOWN);
	buf_str(out, "\"");
}

static void put_tcp_options(const struct packet_tcp *tcp, struct buf *out)
{
	if (tcp->has_mss)
		buf_printf(out, " mss %u", tcp->mss);
	if (tcp->has_wscale)
		buf_printf(out, " wscale %u", tcp->wscale);
	if (tcp->sack_permitted)
		buf_str(out, " sackOK");
	if (tcp->has_timestamps)
		buf_str(out, " ts");
}

static void put_tcp(const struct timeline_packet *p, bool detail, struct buf *out)
{
	const struct flow_note *note = &p->note;
	const struct packet_tcp *tcp = &p->packet.tcp;
	char flags[16];

	buf_str(out, packet_flags_text(tcp->flags, flags));
	/* Where it says something: a SYN is always at 0, a pure ACK is told by what it
	 * acknowledges. */
	bool odd = (tcp->flags & (TCP_FIN | TCP_RST)) || note->keepalive || note->window_probe;
	if (p->packet.payload_len > 0)
		buf_printf(out, " seq %" PRIu64 ":%" PRIu64, note->seq, note->seq_end);
	else if (odd && (note->seq > 0 || !(tcp->flags & TCP_RST)))
		buf_printf(out, " seq %" PRIu64, note->seq);
	if (tcp->flags & TCP_ACK)
		buf_printf(out, " ack %" PRIu64, note->ack);
	if (tcp->flags & TCP_URG)
		buf_printf(out, " urg %u", tcp->urgent);
	if (detail || ((tcp->flags & TCP_ACK) && !(tcp->flags & TCP_RST) && note->window == 0))
		buf_printf(out, " win %" PRIu32, note->window);
	if (detail)
		put_tcp_options(tcp, out);
	if (p->packet.payload_len > 0)
		put_payload(&p->packet, out);
}

static void put_kind(const struct timeline_packet *p, bool detail, struct buf *out)
{
	char icmp[32];

	if (p->packet.version == 0 || (p->packet.problem && p->packet.payload_off == 0))
		buf_printf(out, "unreadable: %s", p->packet.problem);
	else if (p->packet.fragment_offset > 0)
		buf_printf(out, "fragment at %u len %zu", p->packet.fragment_offset,
		           p->packet.payload_len);
	else if (p->packet.protocol == IPPROTO_TCP)
		put_tcp(p, detail, out);
	else if (p->packet.protocol == IPPROTO_UDP) {
		buf_str(out, "udp");
		put_payload(&p->packet, out);
	} else if (p->packet.protocol == (p->packet.version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		buf_printf(out, "icmp %s", packet_icmp_text(&p->packet, icmp));
	else
		buf_printf(out, "protocol %u len %zu", p->packet.protocol, p->packet.payload_len);
}

const char *timeline_packet_role(const struct timeline_packet *p)
{
	const struct flow_note *note = &p->note;

	return note->retransmission  ? "retransmission"
	       : note->window_probe  ? "window probe"
	       : note->keepalive     ? "keepalive"
	       : note->duplicate_ack ? "duplicate ACK"
	       : note->window_update ? "window update"
	       : note->out_of_order  ? "out of order"
	                             : NULL;
}

void timeline_packet_text(const struct timeline *tl, const struct timeline_packet *p, bool detail,
                          struct buf *out)
{
	buf_printf(out, "%s > %s  ", timeline_src(tl, p), timeline_dst(tl, p));
	put_kind(p, detail, out);
	if (!detail)
		return;
	const char *what = timeline_packet_role(p);
	if (what)
		buf_printf(out, " (%s)", what);
	if (p->packet.problem && p->packet.payload_off > 0)
		buf_printf(out, " (%s)", p->packet.problem);
	if (!p->packet.checksum_ok)
		buf_str(out, " (bad checksum)");
	if (p->fate != FATE_DELIVERED)
		buf_printf(out, " [%s]", packet_fate_text(p->fate));
	if (p->cause)
		buf_printf(out, " -- %s", p->cause);
}
