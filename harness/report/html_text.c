/* SPDX-License-Identifier: MIT */
/* html_text.c - texts escaped for their place in the page; bytes gzipped and as base64 */
#include "base/text.h"
#include "report/format.h"
#include "report/html_own.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void html_text(struct buf *out, const char *s)
{
	struct buf b = {0};

	report_line(&b, s);
	text_html(out, buf_text(&b));
	buf_free(&b);
}

void html_block(struct buf *out, const char *s)
{
	struct buf b = {0};

	report_block(&b, s, "");
	text_html(out, buf_text(&b));
	buf_free(&b);
}

void html_link(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= '0' && *s <= '9') || strchr("-._~/", *s))
			buf_add(out, s, 1);
		else
			buf_printf(out, "%%%02X", (unsigned char)*s);
	}
}

void html_base64(struct buf *out, const unsigned char *p, size_t len)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	char *text = mem_zero(len / 3 * 4 + 5, 1), *at = text;

	for (; len >= 3; len -= 3, p += 3) {
		*at++ = digit[p[0] >> 2];
		*at++ = digit[(p[0] & 3) << 4 | p[1] >> 4];
		*at++ = digit[(p[1] & 15) << 2 | p[2] >> 6];
		*at++ = digit[p[2] & 63];
	}
	if (len > 0) {
		*at++ = digit[p[0] >> 2];
		*at++ = digit[(p[0] & 3) << 4 | (len > 1 ? p[1] >> 4 : 0)];
		*at++ = digit[len > 1 ? (p[1] & 15) << 2 : 64];
		*at++ = '=';
	}
	buf_add(out, text, (size_t)(at - text));
	free(text);
}

#define GZIP_WINDOW (15 + 16) /* zlib.h, deflateInit2: 16 more is gzip's own head */

void html_pack(struct buf *out, const void *p, size_t len)
{
	z_stream z = {0};
	unsigned char *packed;
	uLong most;

	/* zlib counts a piece in unsigned int: no case's text comes near */
	if (len > UINT32_MAX / 2 || deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
	                                         8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	most = deflateBound(&z, (uLong)len);
	packed = mem_zero(most, 1);
	z.next_in = (z_const Bytef *)p;
	z.avail_in = (uInt)len;
	z.next_out = packed;
	z.avail_out = (uInt)most;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		html_base64(out, packed, most - z.avail_out);
	deflateEnd(&z);
	free(packed);
}
