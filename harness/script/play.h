/* SPDX-License-Identifier: MIT */
/*
 * play.h - one case under way: its world, wire, captures, programs and sockets, and the step that
 * moves them
 *
 * Theory. A play is opened in the process of one case. Everything that can happen comes through
 * play_step(): packets, program output, exits, readiness of scripted sockets. The script (Lua
 * coroutines) looks at facts between steps. In the end play_seal() draws the line under the
 * evidence, play_end() takes the world down and lets the two witnesses (the wire's log, libpcap) be
 * compared. One thread owns a play. Times: ns of CLOCK_MONOTONIC.
 */
#ifndef SOCKPROOF_SCRIPT_PLAY_H
#define SOCKPROOF_SCRIPT_PLAY_H
#include "base/err.h"
#include "capture/live.h"
#include "evidence/timeline.h"
#include "packet/packet.h"
#include "program/program.h"
#include "wire/wire.h"
#include "world/world.h"
#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct play;

#define PLAY_HOSTS 8

struct play_setting {
	enum world_kind kind;
	const char *
	    hosts[PLAY_HOSTS]; /* NULL-terminated when fewer; the first two are client and server */
	int host_count;
	bool use_tun;                 /* false: veth pair */
	const char *scratch;          /* folder for programs */
	bool in_guest;                /* the machine is a virtual one, and this case's alone */
	const struct jail_spec *jail; /* of programs that were handed in; borrowed; NULL: none */
};

/* A scripted socket as the play knows it: watched for readiness. */
struct play_socket {
	int fd;
	struct loop_watch *watch;
};

struct play {
	struct loop *loop;
	struct timeline *tl;
	struct world *world;
	struct wire *wire; /* NULL in a loop world and on a veth pair */
	struct play_tap *taps[PLAY_HOSTS];
	int tap_count;
	struct program **programs;
	size_t program_count;
	struct play_socket *sockets;
	size_t socket_count;
	const char *scratch;
	const struct jail_spec *jail; /* see play_setting */
	bool in_guest;
	uint64_t carried; /* packets that the wire took or gave */
	bool tap_failed;  /* reading a tap failed while the wire carried: told by the next step */
	struct err tap_err;
};

/*
 * Make the world, start the captures, and prove with one probe datagram a host that each capture
 * sees what crosses. NULL with @err set. play_close() releases everything that is still there.
 */
struct play *play_open(const struct play_setting *setting, struct err *err);
void play_close(struct play **p);

/* Handle what happens until something did, or until @until. 0, or -1 with @err set: the harness
 * erred. */
int play_step(struct play *p, int64_t until, struct err *err);

/* 1: nothing is under way on the wire and every program sleeps, stopped or ended: only timers move
 * now. 0: not yet. -1 with @err. */
int play_at_rest(struct play *p, struct err *err);

/* Give every packet so far its kernel's time. 0, or -1 with @err set. */
int play_times(struct play *p, struct err *err);
/* The evidence of the case ends here. 0, or -1 with @err set. */
int play_seal(struct play *p, struct err *err);

/* 0: no evidence has been lost so far. -1 with @err set: some has. */
int play_whole(struct play *p, struct err *err);

/* Keep @prog until the end. Watch socket @fd; forget and close it. */
void play_add_program(struct play *p, struct program *prog);
int play_add_socket(struct play *p, int fd, struct err *err);
int play_close_socket(struct play *p, int fd);

/*
 * Take everything down (sockets, programs), then compare the witnesses and ask libpcap what it
 * lost. -1 with @err set: evidence was lost or contradicts itself; that is an `error` of the case.
 */
int play_end(struct play *p, struct err *err);

#endif
