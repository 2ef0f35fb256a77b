/* SPDX-License-Identifier: MIT */
/*
 * fits.c - one packet against one line: a filter's likeness, or a pattern line with the words for
 * what differs
 */
#include "base/text.h"
#include "match/line.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void misfit_free(struct misfit *m)
{
	buf_free(&m->found);
	buf_free(&m->wanted);
	*m = (struct misfit){0};
}

bool misfit_set(struct misfit *m, const char *found, const char *wanted)
{
	if (!m)
		return false;
	misfit_free(m);
	buf_str(&m->found, found);
	buf_str(&m->wanted, wanted);
	return false;
}

static bool is_icmp(const struct packet *p)
{
	return p->protocol == (p->version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6) &&
	       p->payload_off > 0 && p->fragment_offset == 0;
}

static bool is_tcp(const struct packet *p)
{
	return p->has_ports && p->protocol == IPPROTO_TCP;
}

static bool is_udp(const struct packet *p)
{
	return p->has_ports && p->protocol == IPPROTO_UDP;
}

bool line_speaks(const struct pattern_line *l, const struct timeline *tl,
                 const struct timeline_packet *p)
{
	return (!l->from || strcmp(l->from, timeline_src(tl, p)) == 0) &&
	       (!l->to || strcmp(l->to, timeline_dst(tl, p)) == 0);
}

static const char *const icmp_known[] = {
    "unreachable net",
    "unreachable host",
    "unreachable protocol",
    "unreachable port",
    "unreachable admin",
    "echo",
    "reply",
    "time-exceeded",
    "too-big",
};

/* Is @words the same as @whole, or its first words? */
static bool begins(const char *whole, const char *words)
{
	size_t n = strlen(words);

	return strncmp(whole, words, n) == 0 && (whole[n] == '\0' || whole[n] == ' ');
}

/* "type", "type 5", "type 5 code", "type 5 code 1" */
static bool icmp_numbers(const char *words)
{
	unsigned type = 0, code = 0;
	char text[48];

	if (sscanf(words, "type %3u code %3u", &type, &code) < 2)
		sscanf(words, "type %3u", &type);
	snprintf(text, sizeof text, "type %u code %u", type, code);
	return begins(text, words);
}

bool icmp_words_known(const char *words)
{
	for (size_t i = 0; i < sizeof icmp_known / sizeof *icmp_known; i++)
		if (begins(icmp_known[i], words))
			return true;
	return icmp_numbers(words);
}

/* The number that a word compares. Returns false when the packet has none. */
static bool number_of(enum key k, const struct timeline_packet *p, uint64_t *value)
{
	const struct packet_tcp *tcp = &p->packet.tcp;

	switch (k) {
	case KEY_SEQ:
		*value = p->note.seq;
		return true;
	case KEY_SEQ_END:
		*value = p->note.seq_end;
		return true;
	case KEY_ACK:
		*value = p->note.ack;
		return tcp->flags & TCP_ACK;
	case KEY_LEN:
		*value = p->packet.payload_len;
		return true;
	case KEY_WIN:
		*value = p->note.window;
		return true;
	case KEY_MSS:
		*value = tcp->mss;
		return tcp->has_mss;
	case KEY_WSCALE:
		*value = tcp->wscale;
		return tcp->has_wscale;
	case KEY_URG:
		*value = tcp->urgent;
		return tcp->flags & TCP_URG;
	case KEY_SACKOK:
		*value = 0;
		return tcp->sack_permitted;
	case KEY_TS:
		*value = 0;
		return tcp->has_timestamps;
	case KEY_COUNT:
		break;
	}
	return false;
}

/* "R. ack 1 …": what the packet says of the word in question */
static bool number_misfit(struct misfit *m, const char *kind, enum key k, bool there,
                          uint64_t found, uint64_t wanted)
{
	bool plain = k == KEY_SACKOK || k == KEY_TS;

	if (!m)
		return false;
	misfit_free(m);
	if (there)
		buf_printf(&m->found, "%s with %s %" PRIu64, kind, key_text(k), found);
	else
		buf_printf(&m->found, "%s without %s", kind, key_text(k));
	buf_str(&m->wanted, key_text(k));
	if (!plain)
		buf_printf(&m->wanted, " %" PRIu64, wanted);
	return false;
}

static bool numbers_fit(const struct pattern_line *l, const struct timeline_packet *p,
                        const char *kind, bool rest, struct misfit *m)
{
	for (int i = 0; i < KEY_COUNT; i++) {
		enum key k = (enum key)i;
		uint64_t found = 0;
		if (!l->given[k])
			continue;
		bool there = number_of(k, p, &found);
		/* a FIN behind payload that other lines named may be told by its own place */
		if (rest && k == KEY_SEQ && l->value[k] == p->note.seq_end)
			continue;
		if (!there || found != l->value[k])
			return number_misfit(m, kind, k, there, found, l->value[k]);
	}
	return true;
}

static void put_literal(struct buf *out, const void *p, size_t len)
{
	buf_str(out, "\"");
	text_escape(out, p, len, 24);
	buf_str(out, "\"");
}

static bool payload_fits(const struct pattern_line *l, const struct timeline_packet *p,
                         const char *kind, struct misfit *m)
{
	const uint8_t *found = p->packet.data + p->packet.payload_off;
	size_t len = p->packet.payload_len;

	if (len == l->payload.len && (len == 0 || memcmp(found, l->payload.p, len) == 0))
		return true;
	if (!m)
		return false;
	misfit_free(m);
	size_t at = 0;
	while (at < len && at < l->payload.len && found[at] == (uint8_t)l->payload.p[at])
		at++;
	buf_printf(&m->found, "%s ", kind);
	put_literal(&m->found, found, len);
	put_literal(&m->wanted, l->payload.p, l->payload.len);
	m->bytes = true;
	m->at = at;
	return false;
}

const char *packet_kind_text(const struct packet *p, char text[static 48])
{
	char words[32], flags[16];

	if (is_tcp(p))
		snprintf(text, 48, "%s", packet_flags_text(p->tcp.flags, flags));
	else if (is_udp(p))
		memcpy(text, "udp", sizeof "udp");
	else if (is_icmp(p))
		snprintf(text, 48, "icmp %s", packet_icmp_text(p, words));
	else
		memcpy(text, "another protocol", sizeof "another protocol");
	return text;
}

static bool icmp_fits(const struct pattern_line *l, const struct packet *p)
{
	char words[32], numbers[32];

	if (!is_icmp(p))
		return false;
	snprintf(numbers, sizeof numbers, "type %u code %u", p->icmp_type, p->icmp_code);
	return !l->icmp || begins(packet_icmp_text(p, words), l->icmp) || begins(numbers, l->icmp);
}

void line_kind_text(const struct pattern_line *l, struct buf *out)
{
	char flags[16];

	if (l->kind == LINE_FLAGS) {
		buf_str(out, packet_flags_text(l->flags, flags));
	} else if (l->kind == LINE_ICMP) {
		buf_printf(out, "icmp %s", l->icmp ? l->icmp : "");
	} else if (l->kind == LINE_DATA && l->any_bytes) {
		buf_printf(out, "data %" PRIu64 " bytes", l->value[KEY_LEN]);
	} else if (l->kind == LINE_DATA) {
		buf_str(out, "data \"");
		text_escape(out, l->payload.p, l->payload.len, 40);
		buf_str(out, "\"");
	} else {
		buf_str(out, "udp");
	}
}

static bool kind_fits(const struct pattern_line *l, const struct packet *p)
{
	uint8_t compared = (uint8_t) ~(l->flags & TCP_PSH ? 0 : TCP_PSH);

	if (l->kind == LINE_FLAGS)
		return is_tcp(p) && (p->tcp.flags & compared) == l->flags;
	return l->kind == LINE_ICMP ? icmp_fits(l, p) : is_udp(p);
}

/* Does the line say that there is payload? P does, and so does whatever measures it. */
static bool names_payload(const struct pattern_line *l)
{
	return l->kind != LINE_FLAGS || l->has_payload || l->given[KEY_LEN] ||
	       l->given[KEY_SEQ_END] || (l->flags & TCP_PSH);
}

bool line_leaves_payload(const struct pattern_line *l, const struct timeline_packet *p)
{
	return l->kind == LINE_FLAGS && (l->flags & TCP_SYN) && p->packet.payload_len > 0 &&
	       !names_payload(l);
}

bool line_fits(const struct pattern_line *l, const struct timeline_packet *p, bool rest,
               struct misfit *m)
{
	char kind[48], carries[96];

	packet_kind_text(&p->packet, kind);
	if (!kind_fits(l, &p->packet)) {
		misfit_set(m, kind, "");
		if (m)
			line_kind_text(l, &m->wanted);
		return false;
	}
	if (!numbers_fit(l, p, kind, rest, m))
		return false;
	if (l->has_payload && !payload_fits(l, p, kind, m))
		return false;
	if (p->packet.payload_len == 0 || names_payload(l) || rest || line_leaves_payload(l, p))
		return true;
	snprintf(carries, sizeof carries, "%s with %zu byte%s of payload", kind,
	         p->packet.payload_len, p->packet.payload_len == 1 ? "" : "s");
	misfit_set(m, carries, "");
	if (m) {
		line_kind_text(l, &m->wanted);
		buf_str(&m->wanted, " without payload");
	}
	return false;
}

/* A filter's flags: see pattern_fits(). */
static bool filter_flags_fit(const struct pattern_line *l, const struct timeline_packet *p)
{
	uint8_t flags = p->packet.tcp.flags;
	bool measured = l->has_payload || l->given[KEY_LEN] || l->given[KEY_SEQ_END];

	if ((flags & l->flags) != l->flags)
		return false;
	if (l->flags == 0)
		return flags == 0;
	if (l->flags == TCP_ACK)
		return (flags & (uint8_t)~TCP_PSH) == TCP_ACK &&
		       (measured || p->packet.payload_len == 0);
	return !(l->flags & TCP_SYN) || (l->flags & TCP_ACK) || !(flags & TCP_ACK);
}

static bool filter_data_fits(const struct pattern_line *l, const struct packet *p)
{
	if (!p->has_ports || p->payload_len == 0)
		return false;
	if (l->any_bytes)
		return l->value[KEY_LEN] == 0 || l->value[KEY_LEN] == p->payload_len;
	return memmem(p->data + p->payload_off, p->payload_len, l->payload.p, l->payload.len) !=
	       NULL;
}

static bool needs_tcp(const struct pattern_line *l)
{
	for (int k = 0; k < KEY_COUNT; k++)
		if (l->given[k] && k != KEY_LEN)
			return true;
	return l->kind == LINE_FLAGS;
}

bool pattern_fits(const struct pattern *filter, const struct timeline *tl,
                  const struct timeline_packet *p)
{
	const struct pattern_line *l = &filter->lines[0];

	if (!line_speaks(l, tl, p) || (needs_tcp(l) && !is_tcp(&p->packet)))
		return false;
	if (l->kind == LINE_DATA)
		return filter_data_fits(l, &p->packet);
	if (l->kind == LINE_ICMP && !icmp_fits(l, &p->packet))
		return false;
	if (l->kind == LINE_UDP && !is_udp(&p->packet))
		return false;
	if (l->kind == LINE_FLAGS && !filter_flags_fit(l, p))
		return false;
	return numbers_fit(l, p, "", false, NULL) &&
	       (!l->has_payload || payload_fits(l, p, "", NULL));
}
