/* SPDX-License-Identifier: MIT */
/* tap.c - see tap.h */
#include "script/tap.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "script/play.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/*
 * The kernel's ring, whose pages cost time to make. On a wire of ours the play empties it every few
 * packets (play.c), so that a small one never fills. Elsewhere the kernels talk without us.
 */
#define RING_WIRE      ((size_t)2 << 20)
#define RING_ELSEWHERE ((size_t)32 << 20)
/* IANA "for experimentation and testing" (RFC 3692): no kernel answers it when it is not addressed
 * to it. */
#define PROBE_PROTOCOL 253

struct play_tap {
	struct play *play;
	int host;
	bool writes;
	bool proved;
	int64_t timed; /* packets whose kernel time is known, or never will be */
	struct live_capture *live;
	struct loop_watch *watch;
	struct witness *witness;
};

static int seen(void *arg, int64_t at, enum capture_direction d, const uint8_t *data, size_t len,
                struct err *err)
{
	struct play_tap *t = arg;
	struct timeline *tl = t->play->tl;
	struct timeline_packet *p;

	(void)err;
	if (!t->proved && t->play->wire) {
		t->proved = len > 9 && data[9] == PROBE_PROTOCOL;
		return 0;
	}
	if (!t->writes) {
		witness_tap(t->witness, d, at, data, len);
		return 0;
	}
	/* the tap's time is the wall clock's; the timeline's is monotonic */
	p = timeline_add_packet(tl, at - timeline_wall(tl, 0), d == CAPTURE_INBOUND ? 1 : 0, data,
	                        len);
	p->kernel_at = p->at;
	p->fate = FATE_DELIVERED;
	p->delivered_at = p->at;
	if (t->play->tap_count > 1)
		tap_wire(t->play->taps[1], d == CAPTURE_OUTBOUND, p->number, data, len);
	return 0;
}

static int ready(void *arg, uint32_t events, struct err *err)
{
	(void)events;
	return tap_read(arg, err) < 0 ? -1 : 0;
}

struct play_tap *tap_open(struct play *p, int host, bool writes, struct err *err)
{
	struct play_tap *t = mem_zero(1, sizeof *t);
	struct host *h = world_host(p->world, host);

	*t = (struct play_tap){.play = p, .host = host, .writes = writes};
	t->witness = witness_open(host_name(h));
	witness_any_order(t->witness);
	if (host_enter(h, err) < 0)
		goto failed;
	t->live = live_open(host_interface(h),
	                    world_link(p->world) == LINK_TUN ? RING_WIRE : RING_ELSEWHERE, err);
	if (!t->live) {
		struct err ignored; /* the first error is the one to tell */

		host_leave(h, &ignored);
		err_wrap(err, "capturing on %s of %s", host_interface(h), host_name(h));
		goto failed;
	}
	if (host_leave(h, err) < 0)
		goto failed;
	t->watch = loop_add(p->loop, live_fd(t->live), EPOLLIN, ready, t, err);
	if (!t->watch)
		goto failed;
	return t;
failed:
	tap_close(&t);
	return NULL;
}

void tap_close(struct play_tap **tap)
{
	struct play_tap *t = *tap;

	if (!t)
		return;
	*tap = NULL;
	loop_remove(t->play->loop, &t->watch);
	live_close(&t->live);
	witness_close(&t->witness);
	free(t);
}

int tap_prove(struct play_tap *t, struct err *err)
{
	/* 198.51.100.0/24 is for documentation (RFC 5737): nobody's address here, so the host drops
	 * it */
	struct packet_spec spec = {
	    .protocol = PROBE_PROTOCOL, .payload = "ready", .payload_len = 5};
	struct host *h = world_host(t->play->world, t->host);
	int64_t deadline = clock_now() + 5 * NS_PER_S;
	uint8_t bytes[128];
	size_t len;

	packet_addr_parse("198.51.100.1", &spec.src.addr);
	packet_addr_parse("198.51.100.2", &spec.dst.addr);
	len = packet_build(&spec, bytes, sizeof bytes);
	if (len == 0 || write(host_tun(h), bytes, len) != (ssize_t)len)
		return err_sys(err, errno, "probing the capture of %s", host_name(h));
	while (!t->proved) {
		if (loop_step(t->play->loop, deadline, err) < 0)
			return -1;
		if (!t->proved && clock_now() >= deadline)
			return err_set(err, ETIMEDOUT,
			               "libpcap on %s saw nothing of a probe within 5 s",
			               host_name(h));
	}
	return 0;
}

void tap_wire(struct play_tap *t, bool arrives, int64_t number, const void *data, size_t len)
{
	witness_wire(t->witness, arrives ? CAPTURE_INBOUND : CAPTURE_OUTBOUND, number, data, len);
}

int tap_read(struct play_tap *t, struct err *err)
{
	return live_read(t->live, seen, t, err);
}

bool tap_apart(const struct play_tap *t)
{
	size_t tap_ahead, wire_ahead;

	witness_open_ends(t->witness, &tap_ahead, &wire_ahead);
	return tap_ahead > 0 || wire_ahead > 0;
}

int tap_times(struct play_tap *t, struct err *err)
{
	struct timeline *tl = t->play->tl;

	if (t->writes || !t->play->wire)
		return 0;
	if (tap_read(t, err) < 0)
		return -1;
	for (; t->timed < timeline_packets(tl); t->timed++) {
		struct timeline_packet *p = timeline_packet(tl, t->timed + 1);
		int64_t at = p->from == t->host ? witness_tap_time(t->witness, p->number) : 0;

		if (at > 0)
			p->kernel_at = at - timeline_wall(tl, 0);
	}
	return 0;
}

int tap_whole(const struct play_tap *t, struct err *err)
{
	const struct timeline *tl = t->play->tl;
	int64_t lost = live_lost(t->live, err);

	if (lost < 0)
		return -1;
	if (lost > 0)
		return err_set(err, 0, "libpcap lost %lld packets on %s: the evidence is not whole",
		               (long long)lost, timeline_host(tl, t->host));
	return 0;
}

int tap_judge(struct play_tap *t, struct err *err)
{
	if (tap_whole(t, err) < 0)
		return -1;
	if (t->writes)
		return 0;
	return witness_agree(t->witness, err);
}

/* The log of a tap that writes it. */
static void each_written(const struct play_tap *t, witness_fn *fn, void *arg)
{
	const struct timeline *tl = t->play->tl;

	for (int64_t n = 1; n <= timeline_sealed_packets(tl); n++) {
		const struct timeline_packet *p = timeline_packet(tl, n);
		struct witness_sight s = {
		    .at = timeline_wall(tl, p->kernel_at),
		    .direction = p->from == t->host ? CAPTURE_OUTBOUND : CAPTURE_INBOUND,
		    .number = n,
		    .len = p->len,
		    .head = p->data,
		    .head_len = p->len,
		};

		fn(arg, &s);
	}
}

struct sealed {
	int64_t last;
	witness_fn *fn;
	void *arg;
};

static void until_seal(void *arg, const struct witness_sight *s)
{
	struct sealed *until = arg;

	if (s->number <= until->last)
		until->fn(until->arg, s);
}

void tap_each(const struct play_tap *t, witness_fn *fn, void *arg)
{
	struct sealed until = {.last = timeline_sealed_packets(t->play->tl), .fn = fn, .arg = arg};

	if (t->writes)
		each_written(t, fn, arg);
	else
		witness_each(t->witness, until_seal, &until);
}

void tap_header(const struct play_tap *t, enum capture_direction direction, unsigned version,
                uint8_t header[LIVE_HEADER])
{
	live_header(t->live, direction, version, header);
}
