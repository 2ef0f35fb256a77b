/* SPDX-License-Identifier: MIT */
/*
 * tap.h - libpcap on one host of a play, as second witness beside the wire's log, or as the only
 * one
 *
 * In a `wire` world the wire keeps the log and the tap checks it. On a veth pair and in a `loop`
 * world there is no wire of ours: the first host's tap writes the packets into the timeline itself,
 * and a second host's tap must agree with it.
 */
#ifndef SOCKPROOF_SCRIPT_TAP_H
#define SOCKPROOF_SCRIPT_TAP_H
#include "capture/agree.h"
#include "capture/live.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct play;
struct play_tap;

/* Start capturing host @host. writes: its packets go into the timeline. NULL with @err set. */
struct play_tap *tap_open(struct play *p, int host, bool writes, struct err *err);
void tap_close(struct play_tap **t);
/* The ready gate: send the host a datagram that it silently ignores, see it come by. */
int tap_prove(struct play_tap *t, struct err *err);
/* What the wire carried to (arrives) or from this host. */
void tap_wire(struct play_tap *t, bool arrives, int64_t number, const void *data, size_t len);
/* Take what libpcap has: packets read, -1 with @err set. */
int tap_read(struct play_tap *t, struct err *err);
/* Do the witnesses differ so far? */
bool tap_apart(const struct play_tap *t);
/* Give this host's packets so far the time at which its kernel showed them to libpcap: the harness
 * may have been late. */
int tap_times(struct play_tap *t, struct err *err);
/* 0: libpcap has lost nothing so far. -1 with @err set: it has. */
int tap_whole(const struct play_tap *t, struct err *err);
/* Hand over what libpcap saw here, as far as the evidence goes. */
void tap_each(const struct play_tap *t, witness_fn *fn, void *arg);
/* See live_header(). */
void tap_header(const struct play_tap *t, enum capture_direction direction, unsigned version,
                uint8_t header[LIVE_HEADER]);
/* At the end: nothing lost, everything agrees. */
int tap_judge(struct play_tap *t, struct err *err);

#endif
