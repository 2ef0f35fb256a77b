/* SPDX-License-Identifier: MIT */
/*
 * link.h - the IP datagram inside a captured frame
 */
#ifndef SOCKPROOF_SAVEFILE_LINK_H
#define SOCKPROOF_SAVEFILE_LINK_H
#include "savefile/pcapng.h"
#include <stddef.h>
#include <stdint.h>

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

#endif
