/* SPDX-License-Identifier: MIT */
/*
 * call.h - the system calls that a traced program is watched at, and their words; private to
 * program/
 */
#ifndef SOCKPROOF_PROGRAM_CALL_H
#define SOCKPROOF_PROGRAM_CALL_H
#include "base/mem.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call_kind {
	const char *name; /* the kernel's */
	/*
	 * One letter an argument: d int, u size, x hexadecimal, o descriptor, s path, D domain, T
	 * type of socket, H how of shutdown(2), G signal, F message flags, a sockaddr given (with
	 * the length behind it, which is not told), A sockaddr answered, b bytes given (length
	 * behind it), B bytes answered, m struct msghdr, - not told.
	 */
	const char *args;
	int number;     /* on this machine; -1: it has none */
	int length_arg; /* which argument says how many bytes, -1: none: shorten */
	char pieces; /* 'v': arguments 1 and 2 are struct iovec and their count; 'm': argument 1 is
	                a struct msghdr; 0: neither */
	bool sends;  /* it stands on the timeline where it began, not where it ended: what it puts
	                on the link comes behind it */
	bool restarts; /* the kernel calls it again after a signal without a handler */
};

/* All of them; @count is set. Numbers are looked up once. */
const struct call_kind *call_kinds(size_t *count);
/* NULL: not watched. */
const struct call_kind *call_by_number(int64_t number);
const struct call_kind *call_by_name(const char *name);

/* A call under way or ended, as the tracer knows it. */
struct call {
	const struct call_kind *kind;
	uint64_t arg[6];
	uint64_t stack; /* the stack pointer as it began */
	bool on_socket; /* its first argument is a socket's descriptor */
	bool done;
	bool injected;  /* the result, or the length, or a signal, is the harness's doing */
	int64_t result; /* -errno when below 0 */
	char *given;    /* the arguments' words as of its beginning */
	size_t event;   /* on the timeline, once it is there */
	int64_t began;  /* ns */
};

/* What can be said of the arguments when the call begins. @tid: the thread's, as the harness sees
 * it. */
void call_given(pid_t tid, const struct call *c, struct buf *out);
/* "accept(3) = 4 from 192.0.2.1:50001", "recvfrom(4, 4096) = 2 \"hi\"". */
void call_words(pid_t tid, const struct call *c, struct buf *out);
/* An ended call that gave the program a way to make others unseen: by which, in words; else NULL.
 */
const char *call_hides(const struct call *c);
/* Does the descriptor @fd of the thread belong to a socket? */
bool call_is_socket(pid_t tid, int fd);

#endif
