/* SPDX-License-Identifier: MIT */
/* pack.h - archives made in memory: as people make them, and as nobody should */
#ifndef SOCKPROOF_TESTS_UNIT_GRADE_PACK_H
#define SOCKPROOF_TESTS_UNIT_GRADE_PACK_H
#include "base/mem.h"
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

struct pack {
	struct archive *a;
	locale_t text, before; /* names are UTF-8 while an archive is made */
	struct buf out;
};

static inline la_ssize_t pack_keep(struct archive *a, void *data, const void *p, size_t len)
{
	(void)a;
	buf_add(data, p, len);
	return (la_ssize_t)len;
}

static inline void pack_ok(struct pack *p, int r)
{
	if (r != ARCHIVE_OK)
		fail_msg("libarchive: %s", archive_error_string(p->a));
}

/* @format: "zip", "pax", …, @filter: "gzip", … or NULL; @option: as archive_write_set_options(). */
static inline void pack_begin_with(struct pack *p, const char *format, const char *filter,
                                   const char *option)
{
	*p = (struct pack){.a = archive_write_new(),
	                   .text = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
	p->before = uselocale(p->text);
	pack_ok(p, archive_write_set_format_by_name(p->a, format));
	if (filter)
		pack_ok(p, archive_write_add_filter_by_name(p->a, filter));
	if (option)
		pack_ok(p, archive_write_set_options(p->a, option));
	pack_ok(p, archive_write_set_passphrase(p->a, "x"));
	pack_ok(p, archive_write_set_bytes_in_last_block(p->a, 1));
	pack_ok(p, archive_write_open(p->a, &p->out, NULL, pack_keep, NULL));
}

static inline void pack_begin(struct pack *p, const char *format, const char *filter)
{
	pack_begin_with(p, format, filter, NULL);
}

/* An entry of any kind: mode with S_IFMT; @link: where a link leads, with mode 0 a hard one. */
static inline void pack_entry(struct pack *p, const char *name, unsigned mode, const char *link,
                              const void *bytes, size_t len)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, mode ? mode : AE_IFREG | 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	if (link && mode)
		archive_entry_set_symlink(e, link);
	else if (link)
		archive_entry_set_hardlink(e, link);
	pack_ok(p, archive_write_header(p->a, e));
	if (len > 0)
		assert_int_equal(archive_write_data(p->a, bytes, len), len);
	pack_ok(p, archive_write_finish_entry(p->a));
	archive_entry_free(e);
}

static inline void pack_file(struct pack *p, const char *name, const char *text)
{
	pack_entry(p, name, AE_IFREG | 0644, NULL, text, strlen(text));
}

static inline void pack_folder(struct pack *p, const char *name)
{
	pack_entry(p, name, AE_IFDIR | 0755, NULL, NULL, 0);
}

/* The archive is in @out then, for buf_free(). */
static inline void pack_end(struct pack *p)
{
	pack_ok(p, archive_write_close(p->a));
	archive_write_free(p->a);
	p->a = NULL;
	uselocale(p->before);
	freelocale(p->text);
}

/* @len bytes compressed alone. */
static inline void pack_raw(struct buf *out, const char *filter, const void *bytes, size_t len)
{
	struct pack p;

	pack_begin(&p, "raw", filter);
	pack_entry(&p, "x", AE_IFREG | 0644, NULL, bytes, len);
	pack_end(&p);
	buf_add(out, p.out.p, p.out.len);
	buf_free(&p.out);
}

/* Every @what in @b becomes @with, of the same length. */
static inline void pack_replace(struct buf *b, const char *what, const void *with)
{
	size_t len = strlen(what), count = 0;
	char *at;

	for (; (at = memmem(b->p, b->len, what, len)); count++)
		memcpy(at, with, len);
	assert_true(count > 0);
}

static inline void pack_le(struct buf *b, unsigned bytes, uint32_t value)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_add(b, &(uint8_t){(uint8_t)value}, 1);
}

/* APPNOTE.TXT 4.3.7 (local) and 4.3.12 (in the list at the end): one entry, deflated. */
static inline void pack_zip_header(struct buf *b, bool local, unsigned number, uint32_t crc,
                                   size_t packed, size_t unpacked, size_t at)
{
	char name[16];

	snprintf(name, sizeof name, "%03u", number);
	buf_add(b, local ? "PK\3\4" : "PK\1\2", 4);
	if (!local)
		pack_le(b, 2, 0x0314);
	pack_le(b, 2, 20);
	pack_le(b, 2, 0);
	pack_le(b, 2, 8);
	pack_le(b, 4, 0);
	pack_le(b, 4, crc);
	pack_le(b, 4, (uint32_t)packed);
	pack_le(b, 4, (uint32_t)unpacked);
	pack_le(b, 2, (uint32_t)strlen(name));
	pack_le(b, 2, 0);
	if (!local) {
		pack_le(b, 4, 0);
		pack_le(b, 2, 0);
		pack_le(b, 4, 0100644u << 16);
		pack_le(b, 4, (uint32_t)at);
	}
	buf_str(b, name);
}

#define PACK_LOCAL 33u /* bytes of a local header with its name */

/*
 * A zip of @count entries that lie over one another: each holds the headers of those behind it, as
 * stored blocks (RFC 1951, 3.2.4), and then all of @tail, a whole deflate stream of no bytes.
 */
static inline void pack_zip_overlapping(struct buf *b, unsigned count, const void *tail, size_t len)
{
	size_t piece = PACK_LOCAL + 5, list;
	struct buf headers = {0}, held = {0}, one = {0};

	/* from the last to the first: what an entry holds is in its header */
	for (unsigned i = count; i-- > 0;) {
		size_t behind = count - 1 - i;

		one.len = 0;
		pack_zip_header(&one, true, i, (uint32_t)crc32(0, (void *)held.p, (uInt)held.len),
		                behind * piece + len, behind * PACK_LOCAL, 0);
		assert_int_equal(one.len, PACK_LOCAL);
		pack_zip_header(&headers, false, i,
		                (uint32_t)crc32(0, (void *)held.p, (uInt)held.len),
		                behind * piece + len, behind * PACK_LOCAL, i * piece);
		buf_add(&one, held.p, held.len);
		buf_free(&held);
		held = one;
		one = (struct buf){0};
	}
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			buf_add(b, "\0\41\0\336\377", 5); /* 33 bytes */
		buf_add(b, held.p + i * PACK_LOCAL, PACK_LOCAL);
	}
	buf_add(b, tail, len);
	list = b->len;
	buf_add(b, headers.p, headers.len);
	buf_add(b, "PK\5\6\0\0\0\0", 8);
	pack_le(b, 2, count);
	pack_le(b, 2, count);
	pack_le(b, 4, (uint32_t)headers.len);
	pack_le(b, 4, (uint32_t)list);
	pack_le(b, 2, 0);
	buf_free(&headers);
	buf_free(&held);
}

/* A zip of one entry, @packed, that says that it has @unpacked bytes. */
static inline void pack_zip_one(struct buf *b, const void *packed, size_t len, size_t unpacked)
{
	struct buf header = {0};
	size_t list;

	pack_zip_header(b, true, 0, 0, len, unpacked, 0);
	buf_add(b, packed, len);
	list = b->len;
	pack_zip_header(&header, false, 0, 0, len, unpacked, 0);
	buf_add(b, header.p, header.len);
	buf_add(b, "PK\5\6\0\0\0\0", 8);
	pack_le(b, 2, 1);
	pack_le(b, 2, 1);
	pack_le(b, 4, (uint32_t)header.len);
	pack_le(b, 4, (uint32_t)list);
	pack_le(b, 2, 0);
	buf_free(&header);
}

#endif
