/* SPDX-License-Identifier: MIT */
/*
 * html_own.h - what the files that make the report for a browser share
 */
#ifndef SOCKPROOF_REPORT_HTML_OWN_H
#define SOCKPROOF_REPORT_HTML_OWN_H
#include "base/embedded.h"
#include "base/mem.h"
#include "report/html.h"

/* The files of page/, from the executable. */
extern const struct embedded page_parts[];
extern const size_t page_parts_count;

/* A result that is kept. */
struct html_case {
	struct result result; /* its texts and parameters are the struct's own */
	char *label;          /* "family=ipv4 (poll)" */
	char *key;            /* after #case=: its directory below @out, or "case-12" */
	size_t scenario;      /* index in html->scenarios */
};

struct html_scenario {
	char *name, *title, *source, *why;
	size_t topic;
	size_t first, last; /* cases; others may lie between */
	size_t cases, count[VERDICT_COUNT];
	int64_t duration;
};

struct html_topic {
	char *name;
	size_t scenarios, cases, count[VERDICT_COUNT];
	int64_t duration;
};

struct html {
	const struct html_setting *set;
	struct html_case *cases;
	size_t case_count;
	struct html_scenario *scenarios;
	size_t scenario_count;
	struct html_topic *topics;
	size_t topic_count;
	struct html_table *tables;
	size_t table_count;
};

/* @s, made one clean line, within HTML text or a quoted attribute. */
void html_text(struct buf *out, const char *s);
/* The same line by line. */
void html_block(struct buf *out, const char *s);
/* @s as part of a link: what is not a letter, digit or one of -._~/ as %XX. */
void html_link(struct buf *out, const char *s);
void html_base64(struct buf *out, const unsigned char *p, size_t len);
/* @p, gzipped, as base64. */
void html_pack(struct buf *out, const void *p, size_t len);

/* Everything of the overview between <main> and </main>. */
void html_overview(const struct html *h, const struct report_totals *totals, struct buf *out);
/* The map of one scenario's cases. */
void html_map(const struct html *h, size_t scenario, struct buf *out);
/* "4 of 120 cases failed" */
void html_title(const struct report_totals *totals, struct buf *out);
/* The details of one case, packed. */
void html_case_pack(const struct html_case *c, struct buf *out);

#endif
