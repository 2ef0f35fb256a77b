/* SPDX-License-Identifier: MIT */
/*
 * account.c - which signals killed the processes that a program made: process accounting (acct(2))
 *
 * Theory. Only a parent is told how its child ended, and a parent that does not ask is told
 * nothing: a server whose children all crash behind their last answer looks like one that is right.
 * The kernel writes a record for each process of a pid namespace that ends (acct(5)) once that
 * namespace's init has named a file. It writes before the process's descriptors are closed and
 * before it is a zombie (kernel/exit.c, do_exit()): who has seen a process end finds its record.
 *
 * The file has no name, and a file system of its own that is mounted nowhere: the program cannot
 * reach it, and cannot fill it up, which would stop the accounting.
 *
 * acct(2) asks for CAP_SYS_PACCT over the machine: in a user namespace there are no records.
 */
#include "base/err.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/acct.h>
#include <sys/mount.h>
#include <unistd.h>

/* 250,000 processes. Above 98 % the kernel writes no more (acct(2)). */
#define ROOM "size=16m"

/* acct(5): other versions do not tell a process's parent. */
#define VERSION (3 | ACCT_BYTEORDER)

int account_open(struct program *p, struct err *err)
{
	const char *folder = isolate_private();

	/* laid over the folder for the time of an open(2); it lives as long as the file is open */
	if (mount("sockproof", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, ROOM) < 0)
		return err_sys(err, errno, "mount a tmpfs for process accounting");
	p->account = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int code = errno;
	if (umount2(folder, MNT_DETACH) < 0)
		return err_sys(err, errno, "unmount the tmpfs of process accounting");
	return p->account < 0 ? err_sys(err, code, "a file for process accounting") : 0;
}

int account_begin(const struct program *p, struct err *err)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", p->account);
	return acct(path) < 0 ? err_sys(err, errno, "acct") : 0;
}

void account_close(struct program *p)
{
	if (p->account >= 0)
		close(p->account);
	p->account = -1;
}

bool program_accounted(const struct program *p)
{
	return p->account >= 0;
}

int program_children_killed(struct program *p, uint64_t *signals, struct err *err)
{
	struct acct_v3 a;
	ssize_t n = 0;

	while (p->account >= 0 &&
	       (n = pread(p->account, &a, sizeof a, p->account_at)) == (ssize_t)sizeof a) {
		p->account_at += n;
		/* the parent of the first process is out of sight, and waitid(2) tells of that one
		 */
		if ((uint8_t)a.ac_version == VERSION && a.ac_ppid != 0 && a.ac_exitcode & 0x7f)
			p->children_killed |= UINT64_C(1) << ((a.ac_exitcode & 0x7f) - 1);
	}
	if (n < 0)
		return err_sys(err, errno, "the records of %s's processes", p->name);
	*signals = p->children_killed;
	return 0;
}
