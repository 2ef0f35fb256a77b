/* SPDX-License-Identifier: MIT */
/*
 * mem.h - memory that is there, and bytes that grow
 *
 * One case is one process. When memory ends, mem_* print a line and abort(): the runner
 * reports that case as `error`, the others go on. Sizes that come from outside (a file's
 * length field) are checked by whoever reads them, before they reach these functions.
 */
#ifndef SOCKPROOF_BASE_MEM_H
#define SOCKPROOF_BASE_MEM_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

void *mem_zero(size_t count, size_t size);          /* calloc; free() releases */
void *mem_grow(void *p, size_t count, size_t size); /* reallocarray; free() releases */
char *mem_text(const char *s);                      /* strdup */
void *mem_copy(const void *p, size_t len);          /* a copy with one NUL behind it */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Bytes that grow. Always one NUL behind @len once anything was added. Zero-initialise. */
struct buf {
	char *p;
	size_t len;
	size_t cap;
};

void buf_add(struct buf *b, const void *p, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* Remove the first @len bytes. */
void buf_consume(struct buf *b, size_t len);
/* The text, never NULL; borrowed until the next change. */
const char *buf_text(const struct buf *b);
/* Hand the bytes to the caller (free()), leave @b empty. */
char *buf_take(struct buf *b);
void buf_free(struct buf *b);

/* The next power-of-two capacity for one more element of an array that holds @n; 0 when @n has
 * room. */
#define MEM_ROOM(array, n)                                                                         \
	do {                                                                                       \
		if (((n) & ((n)-1)) == 0)                                                          \
			(array) = mem_grow((array), (n) ? 2 * (size_t)(n) : 1, sizeof *(array));   \
	} while (0)

#endif
