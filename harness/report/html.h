/* SPDX-License-Identifier: MIT */
/*
 * html.h - the report for a browser: one file that needs nothing else, no network, no server
 *
 * Theory. Results are kept as they come. At the end each case directory is read back and made a
 * JSON text: both ladders, graphs, packets with their bytes, outputs, states. That text goes into
 * the page gzipped, as base64 in a script element that no browser runs, and is unpacked when
 * somebody opens the case. Base64 has no `<`, so nothing that a program printed can end the
 * element. The overview is plain HTML and needs no JavaScript.
 *
 * The page (page/: template, style, scripts) is embedded in the executable. A
 * policy in its head lets only its own scripts run.
 */
#ifndef SOCKPROOF_REPORT_HTML_H
#define SOCKPROOF_REPORT_HTML_H
#include "report/report.h"

struct html; /* opaque: html.c */

struct html_setting {
	const char *out;     /* folder that holds the case directories; the page is out/report/ */
	const char *version; /* of sockproof */
	const char *kernel, *libpcap, *clock;
	const char *command; /* that made this run */
	const char *title;   /* of the page; NULL: how many cases failed */
	size_t repeat, threads;
};

/*
 * May the page of a run into the folder @out be written? Not where another's file has its name.
 * Returns 0, or -1 with @err set.
 */
int html_place(const char *out, struct err *err);
/* @setting is borrowed until html_close(). Never fails. */
struct html *html_open(const struct html_setting *setting);
/* The next result, in plan order; everything is copied. */
void html_result(struct html *h, const struct result *result);
/* What the run was for: a table at the head of the overview, before all that is about cases. cells:
 * text, row by row, the first row its heads; everything is copied. */
struct html_table {
	const char *id, *title; /* id: a word, for links */
	const char *const *cells;
	size_t columns, rows;
};
void html_table(struct html *h, const struct html_table *table);
/*
 * Write OUT/report/index.html; an earlier one is replaced only by a whole one. A case whose
 * directory cannot be read is in the page with that said. Returns the page's path, to be freed, or
 * NULL with @err set.
 */
char *html_finish(struct html *h, const struct report_totals *totals, struct err *err);
/* *@h becomes NULL; NULL is fine. */
void html_close(struct html **h);

#endif
