/* SPDX-License-Identifier: MIT */
/*
 * sieve.h - a libpcap filter expression (pcap-filter(7)) on the frames of a file of any link types
 */
#ifndef SOCKPROOF_INSPECT_SIEVE_H
#define SOCKPROOF_INSPECT_SIEVE_H

struct err;
struct sieve; /* opaque */
struct record;

/* @expression is borrowed until sieve_close(). It is compiled when a link type is first met. */
struct sieve *sieve_open(const char *expression);
void sieve_close(struct sieve **sieve);

/* Is @expression one at all? 0, or -1 with @err set. */
int sieve_check(const char *expression, struct err *err);

/* Returns 1 when the expression fits, 0 when not, -1 with @err set: it cannot be asked of such
 * frames. */
int sieve_wants(struct sieve *f, const struct record *r, struct err *err);

#endif
