/* SPDX-License-Identifier: MIT */
/* play.c - see play.h */
#include "script/play.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/mem.h"
#include "script/tap.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A burst is carried in one go: so often are libpcap's rings emptied meanwhile. */
#define TAKE_EVERY 64

static void carried(void *arg, int host, bool arrives, int64_t number, const void *data, size_t len)
{
	struct play *p = arg;

	tap_wire(p->taps[host], arrives, number, data, len);
	if (++p->carried % TAKE_EVERY != 0)
		return;
	for (int i = 0; i < p->tap_count && !p->tap_failed; i++)
		p->tap_failed = tap_read(p->taps[i], &p->tap_err) < 0;
}

static void name_hosts(struct play *p)
{
	for (int i = 0; i < world_hosts(p->world); i++) {
		struct host *h = world_host(p->world, i);
		const struct packet_addr *list;
		size_t count = host_addresses(h, &list);

		timeline_add_host(p->tl, host_name(h));
		for (size_t k = 0; k < count; k++)
			timeline_add_address(p->tl, i, &list[k]);
	}
	if (world_kind(p->world) == WORLD_LOOP)
		timeline_share_addresses(p->tl);
}

static int open_taps(struct play *p, struct err *err)
{
	enum link_kind link = world_link(p->world);
	/* one namespace in a loop world: one tap */
	int count = link == LINK_LO ? 1 : world_hosts(p->world);

	for (int i = 0; i < count; i++) {
		/* where no wire keeps the log, the first host's capture is the log */
		p->taps[i] = tap_open(p, i, link != LINK_TUN && i == 0, err);
		if (!p->taps[i])
			return -1;
		p->tap_count++;
	}
	if (link != LINK_TUN)
		return 0;
	p->wire = wire_open(p->world, p->loop, p->tl, err);
	if (!p->wire)
		return -1;
	wire_watch(p->wire, carried, p);
	for (int i = 0; i < count; i++) {
		if (tap_prove(p->taps[i], err) < 0)
			return -1;
	}
	return 0;
}

struct play *play_open(const struct play_setting *s, struct err *err)
{
	struct play *p = mem_zero(1, sizeof *p);

	p->scratch = s->scratch;
	p->in_guest = s->in_guest;
	p->jail = s->jail;
	p->loop = loop_open(err);
	if (!p->loop)
		goto failed;
	p->world = world_open(s->kind, s->hosts, s->host_count, s->use_tun, err);
	if (!p->world)
		goto failed;
	p->tl = timeline_open();
	name_hosts(p);
	if (open_taps(p, err) < 0)
		goto failed;
	return p;
failed:
	play_close(&p);
	return NULL;
}

static void close_everything_that_speaks(struct play *p)
{
	while (p->socket_count > 0)
		play_close_socket(p, p->sockets[p->socket_count - 1].fd);
	for (size_t i = 0; i < p->program_count; i++)
		program_close(&p->programs[i]);
	p->program_count = 0;
}

void play_close(struct play **play)
{
	struct play *p = *play;

	if (!p)
		return;
	*play = NULL;
	close_everything_that_speaks(p);
	wire_close(&p->wire);
	for (int i = 0; i < p->tap_count; i++)
		tap_close(&p->taps[i]);
	world_close(&p->world);
	loop_close(&p->loop);
	timeline_close(&p->tl);
	free(p->programs);
	free(p->sockets);
	free(p);
}

int play_step(struct play *p, int64_t until, struct err *err)
{
	int64_t due = p->wire ? wire_next_due(p->wire) : INT64_MAX;

	/* what the kernels sent while the script computed stands in libpcap's rings as well as in
	 * the TUNs */
	for (int i = 0; i < p->tap_count; i++) {
		if (tap_read(p->taps[i], err) < 0)
			return -1;
	}
	/* calls that ended stand on the timeline before the packets that came after them */
	for (size_t i = 0; i < p->program_count; i++) {
		if (program_pump(p->programs[i], err) < 0)
			return -1;
	}
	if (loop_step(p->loop, due < until ? due : until, err) < 0)
		return -1;
	if (p->wire && wire_pump(p->wire, err) < 0)
		return -1;
	if (p->tap_failed) {
		*err = p->tap_err;
		return -1;
	}
	return 0;
}

int play_at_rest(struct play *p, struct err *err)
{
	/*
	 * First the wire, then the programs, then the wire again: a thread that was made runnable
	 * by a packet shows so in /proc before the write that delivered it returned
	 * (tests/assumptions/ waker-marks-runnable.c), and what a sleeping thread sent is in a TUN
	 * by now.
	 */
	if (p->wire && wire_pump(p->wire, err) < 0)
		return -1;
	for (size_t i = 0; i < p->program_count; i++) {
		enum program_rest rest = program_rest(p->programs[i], err);

		if ((int)rest < 0)
			return -1;
		if (rest == PROGRAM_RUNS)
			return 0;
	}
	if (loop_step(p->loop, 0, err) != 0)
		return 0;
	if (p->wire) {
		int more = wire_pump(p->wire, err);

		if (more != 0)
			return more < 0 ? -1 : 0;
		return wire_next_due(p->wire) == INT64_MAX;
	}
	for (int i = 0; i < p->tap_count; i++) {
		int more = tap_read(p->taps[i], err);

		if (more != 0)
			return more < 0 ? -1 : 0;
	}
	return 1;
}

int play_times(struct play *p, struct err *err)
{
	for (int i = 0; i < p->tap_count; i++) {
		if (tap_times(p->taps[i], err) < 0)
			return -1;
	}
	return 0;
}

int play_seal(struct play *p, struct err *err)
{
	int rc = play_times(p, err);

	timeline_seal(p->tl);
	return rc;
}

void play_add_program(struct play *p, struct program *prog)
{
	MEM_ROOM(p->programs, p->program_count);
	p->programs[p->program_count++] = prog;
}

/* Readiness wakes the loop; what it means is for the script to find out by calling again. */
static int woken(void *arg, uint32_t events, struct err *err)
{
	(void)arg;
	(void)events;
	(void)err;
	return 0;
}

int play_add_socket(struct play *p, int fd, struct err *err)
{
	struct loop_watch *watch = loop_add(
	    p->loop, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, woken, NULL, err);

	if (!watch)
		return -1;
	MEM_ROOM(p->sockets, p->socket_count);
	p->sockets[p->socket_count++] = (struct play_socket){.fd = fd, .watch = watch};
	return 0;
}

int play_close_socket(struct play *p, int fd)
{
	for (size_t i = 0; i < p->socket_count; i++) {
		if (p->sockets[i].fd != fd)
			continue;
		loop_remove(p->loop, &p->sockets[i].watch);
		p->sockets[i] = p->sockets[--p->socket_count];
		return close(fd) < 0 ? errno : 0;
	}
	return EBADF;
}

/* Let both witnesses finish: what libpcap has seen and the wire has not yet taken (a kernel timer
 * fired) is taken now. */
static int let_witnesses_meet(struct play *p, struct err *err)
{
	int64_t deadline = clock_now() + NS_PER_S;

	for (;;) {
		bool apart = false;

		if (p->wire && wire_pump(p->wire, err) < 0)
			return -1;
		for (int i = 0; i < p->tap_count; i++) {
			if (tap_read(p->taps[i], err) < 0)
				return -1;
			apart = apart || tap_apart(p->taps[i]);
		}
		if (!apart || clock_now() >= deadline)
			return 0;
		if (play_step(p, clock_now() + NS_PER_MS, err) < 0)
			return -1;
	}
}

int play_whole(struct play *p, struct err *err)
{
	for (int i = 0; i < p->tap_count; i++) {
		if (tap_whole(p->taps[i], err) < 0)
			return -1;
	}
	return 0;
}

int play_end(struct play *p, struct err *err)
{
	if (p->wire)
		wire_shut(p->wire);
	close_everything_that_speaks(p);
	if (p->tap_failed) {
		*err = p->tap_err;
		return -1;
	}
	if (let_witnesses_meet(p, err) < 0)
		return -1;
	for (int i = 0; i < p->tap_count; i++) {
		if (tap_judge(p->taps[i], err) < 0)
			return -1;
	}
	return 0;
}
