/* SPDX-License-Identifier: MIT */
/*
 * trace_luck.c - what chance and the clock put into messages is left out of a trace
 *
 * A resolver draws the identifier of each DNS query by chance, and the answer repeats it (RFC 1035
 * 4.1.1): the first two bytes of a message. Over TCP each message has its length before it
 * (4.2.2). An HTTP server says what time it is (RFC 9110 6.6.1), always in 29 letters. In the trace
 * they are zeros and dashes; in the capture they stay.
 */
#include "evidence/trace.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53

static const char date_field[] = "\r\nDate: ", date_end[] = " GMT\r\n";

#define FIELD_LEN (sizeof date_field - 1)
#define END_LEN   (sizeof date_end - 1)
#define DATE_LEN  29 /* "Sun, 06 Nov 1994 08:49:37 GMT" */

static void clear_id(uint8_t *message, size_t len)
{
	memset(message, 0, len < 2 ? len : 2);
}

static void clear_ids(uint8_t *stream, size_t len)
{
	for (size_t at = 0; len - at > 2;) {
		size_t size = (size_t)stream[at] << 8 | stream[at + 1], rest = len - at - 2;

		clear_id(stream + at + 2, size < rest ? size : rest);
		if (size >= rest)
			return;
		at += 2 + size;
	}
}

static void clear_dates(uint8_t *stream, size_t len)
{
	uint8_t *at = stream, *end = stream + len;

	while ((at = memmem(at, (size_t)(end - at), date_field, FIELD_LEN))) {
		at += FIELD_LEN;
		if (end - at >= DATE_LEN + 2 &&
		    memcmp(at + DATE_LEN + 2 - END_LEN, date_end, END_LEN) == 0)
			memset(at, '-', DATE_LEN);
	}
}

uint8_t *trace_without_luck(const struct flow *f, const void *p, size_t len)
{
	/* the first packet may be an answer that nobody asked for */
	bool dns = f->side[0].end.port == DNS_PORT || f->side[1].end.port == DNS_PORT;
	bool http = f->protocol == IPPROTO_TCP && len > 5 && memcmp(p, "HTTP/", 5) == 0;
	uint8_t *copy;

	if (len == 0 || (!dns && !http))
		return NULL;
	copy = mem_copy(p, len);
	if (http)
		clear_dates(copy, len);
	else if (f->protocol == IPPROTO_UDP)
		clear_id(copy, len);
	else
		clear_ids(copy, len);
	return copy;
}
