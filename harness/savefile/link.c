/* SPDX-License-Identifier: MIT */
/* link.c - see link.h; layouts as in tcpdump.org/linktypes.html */
#include "savefile/link.h"
#include "base/mem.h"
#include "packet/reader.h"
#include <pcap/pcap.h>

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_CTAG = 0x8100, /* IEEE 802.1Q */
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_STAG = 0x88a8, /* IEEE 802.1ad, QinQ */
	ETHERTYPE_QINQ_OLD = 0x9100,
	SLL_OUTGOING = 4,
};

/* Outer and inner tag are all that is standard; more would be an attempt to keep us busy. */
#define TAGS_MAX 4

/* What follows an EtherType, tags skipped. @r ends when it is not IP. */
static void strip_ethertype(struct reader *r, uint16_t type)
{
	for (int i = 0; i < TAGS_MAX; i++) {
		if (type != ETHERTYPE_CTAG && type != ETHERTYPE_STAG && type != ETHERTYPE_QINQ_OLD)
			break;
		reader_skip(r, 2);
		type = reader_u16(r);
	}
	if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6)
		r->ended = true;
}

static enum capture_direction cooked_direction(uint16_t packet_type)
{
	return packet_type == SLL_OUTGOING ? CAPTURE_OUTBOUND : CAPTURE_INBOUND;
}

static enum capture_direction strip_sll(struct reader *r)
{
	enum capture_direction d = cooked_direction(reader_u16(r));

	reader_skip(r, 12); /* ARPHRD, address length, address */
	strip_ethertype(r, reader_u16(r));
	return d;
}

static enum capture_direction strip_sll2(struct reader *r)
{
	uint16_t protocol = reader_u16(r);
	enum capture_direction d;

	reader_skip(r, 8); /* reserved, interface, ARPHRD */
	d = cooked_direction(reader_u8(r));
	reader_skip(r, 9); /* address length, address */
	strip_ethertype(r, protocol);
	return d;
}

static enum capture_direction strip(struct reader *r, uint32_t linktype)
{
	switch (linktype) {
	case LINK_ETHERNET:
		reader_skip(r, 12);
		strip_ethertype(r, reader_u16(r));
		break;
	case LINK_NULL:
	case LINK_LOOP:
		/* an AF_* number of whatever system wrote it: the IP header says better what it is
		 */
		reader_skip(r, 4);
		break;
	case LINK_LINUX_SLL:
		return strip_sll(r);
	case LINK_LINUX_SLL2:
		return strip_sll2(r);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		break;
	default:
		r->ended = true;
	}
	return CAPTURE_UNKNOWN;
}

struct link_payload link_strip(uint32_t linktype, const void *data, size_t len)
{
	struct reader r = reader_of(data, len), first;
	struct link_payload out = {.direction = strip(&r, linktype)};
	uint8_t version;

	first = r;
	version = reader_u8(&first) >> 4;
	if (first.ended || (version != 4 && version != 6))
		return out;
	out.ip = r.p + r.at;
	out.len = reader_left(&r);
	return out;
}

bool link_is_known(uint32_t linktype)
{
	switch (linktype) {
	case LINK_ETHERNET:
	case LINK_NULL:
	case LINK_LOOP:
	case LINK_LINUX_SLL:
	case LINK_LINUX_SLL2:
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		return true;
	default:
		return false;
	}
}

/* libpcap knows DLT_* numbers, which are LINKTYPE_* but for a few old ones (pcap-linktype(7)). */
const char *link_name(uint32_t linktype)
{
	return pcap_datalink_val_to_description(linktype == LINK_RAW ? DLT_RAW : (int)linktype);
}

void link_text(struct buf *out, uint32_t linktype)
{
	const char *words = link_name(linktype);

	buf_printf(out, "link type %u", linktype);
	if (words)
		buf_printf(out, " (%s)", words);
}
