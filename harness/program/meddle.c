/* SPDX-License-Identifier: MIT */
/* meddle.c - see meddle.h: through the machine's registers, and the program's memory */
#include "program/meddle.h"
#include <limits.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/user.h>

#ifdef __x86_64__
bool meddle_possible(void)
{
	return true;
}

/* At its beginning: do not make it, it has this result. */
bool meddle_skip(pid_t tid, int64_t result)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, tid, NULL, &r) < 0)
		return false;
	r.orig_rax = (unsigned long long)-1;
	r.rax = (unsigned long long)result;
	return ptrace(PTRACE_SETREGS, tid, NULL, &r) == 0;
}

/* The third argument: every call that has a length has it there. */
static bool set_length(pid_t tid, uint64_t length)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, tid, NULL, &r) < 0)
		return false;
	r.rdx = length;
	return ptrace(PTRACE_SETREGS, tid, NULL, &r) == 0;
}
#else
bool meddle_possible(void)
{
	return false;
}

bool meddle_skip(pid_t tid, int64_t result)
{
	(void)tid;
	(void)result;
	return false;
}

static bool set_length(pid_t tid, uint64_t length)
{
	(void)tid;
	(void)length;
	return false;
}
#endif

static bool peek_at(pid_t tid, uint64_t at, void *room, size_t len)
{
	struct iovec here = {.iov_base = room, .iov_len = len};
	struct iovec there = {.iov_base = (void *)(uintptr_t)at, .iov_len = len}; // NOLINT

	return process_vm_readv(tid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

static bool poke_at(pid_t tid, uint64_t at, uint64_t value)
{
	struct iovec here = {.iov_base = &value, .iov_len = sizeof value};
	struct iovec there = {.iov_base = (void *)(uintptr_t)at, // NOLINT
	                      .iov_len = sizeof value};

	return process_vm_writev(tid, &here, 1, &there, 1, 0) == (ssize_t)sizeof value;
}

/* Where the pieces of the call are, and how many; false: it has none. */
static bool pieces_of(pid_t tid, const struct call *c, uint64_t *at, uint64_t *count)
{
	struct msghdr m;

	*at = c->arg[1];
	*count = c->arg[2];
	if (c->kind->pieces == 'v')
		return true;
	if (c->kind->pieces != 'm' || !peek_at(tid, c->arg[1], &m, sizeof m))
		return false;
	*at = (uintptr_t)m.msg_iov;
	*count = m.msg_iovlen;
	return true;
}

uint64_t meddle_length(pid_t tid, const struct call *c)
{
	uint64_t at, count, bytes = 0;
	struct iovec v;

	if (c->kind->length_arg >= 0)
		return c->arg[c->kind->length_arg];
	if (!pieces_of(tid, c, &at, &count))
		return 0;
	for (uint64_t i = 0; i < count && i < IOV_MAX; i++) {
		if (!peek_at(tid, at + i * sizeof v, &v, sizeof v))
			return 0;
		bytes += v.iov_len;
	}
	/* a first piece without bytes would make it an empty call */
	return count > 0 && peek_at(tid, at, &v, sizeof v) && v.iov_len > 0 ? bytes : 0;
}

static void patch(pid_t tid, struct patch *p, uint64_t at, uint64_t value)
{
	if (peek_at(tid, at, &p->was, sizeof p->was) && poke_at(tid, at, value))
		p->at = at;
}

void meddle_shorten(pid_t tid, const struct call *c, struct shortened *s, uint64_t bytes)
{
	uint64_t at, count;
	struct iovec v;

	s->bytes = bytes;
	if (c->kind->length_arg >= 0) {
		set_length(tid, bytes);
		return;
	}
	if (!pieces_of(tid, c, &at, &count) || !peek_at(tid, at, &v, sizeof v))
		return;
	if (v.iov_len > bytes)
		patch(tid, &s->patch[0], at + offsetof(struct iovec, iov_len), bytes);
	if (c->kind->pieces == 'v')
		set_length(tid, 1);
	else
		patch(tid, &s->patch[1], c->arg[1] + offsetof(struct msghdr, msg_iovlen), 1);
}

void meddle_lengthen(pid_t tid, const struct call *c, struct shortened *s)
{
	if (c->kind->length_arg >= 0 || c->kind->pieces == 'v')
		set_length(tid, c->arg[2]);
	for (int i = 0; i < 2; i++) {
		if (s->patch[i].at)
			poke_at(tid, s->patch[i].at, s->patch[i].was);
		s->patch[i].at = 0;
	}
}
