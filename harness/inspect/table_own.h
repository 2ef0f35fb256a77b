/* SPDX-License-Identifier: MIT */
/* table_own.h - words that the three tables share */
#ifndef SOCKPROOF_INSPECT_TABLE_OWN_H
#define SOCKPROOF_INSPECT_TABLE_OWN_H
#include "inspect/inspect.h"
#include <netinet/in.h>

static inline const char *protocol_text(uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? "tcp" : "udp";
}

/* "-1.000000001": seconds, all nine digits of nanoseconds or as many as @digits */
#define SECONDS_TEXT 32
const char *seconds_text(int64_t ns, int digits, char text[static SECONDS_TEXT]);

#endif
