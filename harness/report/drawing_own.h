/* SPDX-License-Identifier: MIT */
/*
 * drawing_own.h - what the drawings share: texts escaped, rows and times in words
 */
#ifndef SOCKPROOF_REPORT_DRAWING_OWN_H
#define SOCKPROOF_REPORT_DRAWING_OWN_H
#include "report/drawing.h"
#include <stddef.h>
#include <stdint.h>

struct buf;

/* "12", "12–40" into @text. */
const char *drawing_numbers(const struct scene_row *r, char text[static 48]);
/* What a row says to somebody who cannot see the picture, one line: who, what, from where to where,
 * what became of it. */
void drawing_row(const struct scene *s, const struct scene_row *r, struct buf *out);
/* A moment of the case in at most 10 columns (up to 11 days): "148.213 ms", "1.208123 s". */
void drawing_at(struct buf *out, int64_t ns);
/* The flow's number and a space before what is said of a packet, where there are several. */
void drawing_flow(const struct scene *s, const struct scene_row *r, struct buf *out);

/* @s within XML: & < > " written out, U+FFFE and U+FFFF left out. */
void svg_text(struct buf *out, const char *s);
/* The same, no more than @columns of it. */
void svg_cut(struct buf *out, const char *s, size_t columns);
/* <svg> with title, description and, unless bare, the style. */
void svg_open(struct buf *out, const struct drawing_setting *set, const char *id, int width,
              int height, const char *title, const char *description);
void svg_close(struct buf *out);

/* Width of a letter of the drawings' 11 px fixed font, and of an 80-column line's parts. */
#define SVG_LETTER 6.65

#endif
