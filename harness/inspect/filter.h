/* SPDX-License-Identifier: MIT */
/*
 * filter.h - a libpcap filter expression (pcap-filter(7)) on the frames of a file of any link types
 */
#ifndef SOCKPROOF_INSPECT_FILTER_H
#define SOCKPROOF_INSPECT_FILTER_H

struct err;
struct filter; /* opaque */
struct record;

/* @expression is borrowed until filter_close(). It is compiled when a link type is first met. */
struct filter *filter_open(const char *expression);
void filter_close(struct filter **f);

/* Is @expression one at all? 0, or -1 with @err set. */
int filter_check(const char *expression, struct err *err);

/* Returns 1 when the expression fits, 0 when not, -1 with @err set: it cannot be asked of such
 * frames. */
int filter_wants(struct filter *f, const struct record *r, struct err *err);

#endif
