/* SPDX-License-Identifier: MIT */
/*
 * pretty_text.h - the lines of the report for people, as text; private to harness/report
 */
#ifndef SOCKPROOF_REPORT_PRETTY_TEXT_H
#define SOCKPROOF_REPORT_PRETTY_TEXT_H
#include "report/report.h"

struct buf;

/* The first line of all. */
void pretty_head(struct buf *out, const struct report_setting *set);

/* "✓ connect/refused   8 cases  0.31 s" without a newline; the counts too when not all passed. */
void pretty_group(struct buf *out, bool color, const char *scenario,
                  const size_t count[VERDICT_COUNT], int64_t duration);

/* "    fail  family=ipv4 (poll)  what went wrong" */
void pretty_case(struct buf *out, bool color, const struct result *result);

/* A failure or an error with all that helps to find its cause. */
void pretty_in_full(struct buf *out, bool color, const struct result *result);

/* "120 cases: 118 passed, 1 failed, 1 skipped, 0 errors in 4.2 s" */
void pretty_sum(struct buf *out, bool color, size_t repeat, const struct report_totals *totals);

/* Add @s, but no more than @columns of it. */
void pretty_cut(struct buf *out, const char *s, size_t columns);

size_t pretty_count(const size_t count[VERDICT_COUNT]);

#endif
