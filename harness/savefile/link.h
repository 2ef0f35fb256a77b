/* SPDX-License-Identifier: MIT */
/*
 * link.h - the IP datagram inside a captured frame, and what a frame of another kind is called
 */
#ifndef SOCKPROOF_SAVEFILE_LINK_H
#define SOCKPROOF_SAVEFILE_LINK_H
#include "savefile/pcapng.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Numbers in files (tcpdump.org/linktypes.html), not libpcap's DLT_*, which differ between systems.
 */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD =
	    12, /* what LINKTYPE_RAW is called by programs that wrote their DLT_RAW into the file */
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276,
};

struct link_payload {
	const uint8_t *ip; /* IP header onwards, inside the frame; NULL: no IP, or a link type not
	                      known here */
	size_t len;
	enum capture_direction direction; /* cooked captures tell; otherwise CAPTURE_UNKNOWN */
};

struct link_payload link_strip(uint32_t linktype, const void *data, size_t len);

/* Is a datagram looked for in frames of this type at all? */
bool link_is_known(uint32_t linktype);
/* What such frames are, in libpcap's words; NULL: it has none. Static storage. */
const char *link_name(uint32_t linktype);
/* "link type 127 (802.11 plus radiotap header)" */
void link_text(struct buf *out, uint32_t linktype);

#endif
