/* SPDX-License-Identifier: MIT */
/*
 * accounting-of-a-namespace.c - acct(2) by the first process of a pid namespace has the kernel
 * write a record for each process of it that ends: with the signal that killed it, though its
 * parent does not wait, and before a descriptor that it held is closed; the file may be one without
 * a name
 */
#include "fact.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/acct.h>

/* In the namespace: the child of a parent that has no mind to hear of it crashes. */
static _Noreturn void init(const char *path, const int held[2], int ready)
{
	char code = acct(path) < 0 ? (char)errno : 0;
	if (write(ready, &code, 1) < 0)
		_exit(1);
	if (code == 0 && fork() == 0) {
		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0)
			raise(SIGSEGV);
		close(held[1]);
		for (;;)
			pause();
	}
	close(held[1]);
	for (;;)
		pause();
}

static int fact(void)
{
	struct err err = {0};
	struct acct_v3 record;
	int held[2], ready[2];
	char path[32], code;
	int file = open(isolate_private(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file < 0 || pipe2(held, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		untried("a file and pipes", &err);
	/* the child sees this process's /proc */
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), file);
	pid_t pid = isolate_clone(CLONE_NEWPID, NULL, &err);
	if (pid < 0)
		untried("clone", &err);
	if (pid == 0)
		init(path, held, ready[1]);
	close(held[1]);
	if (read(ready[0], &code, 1) != 1)
		return differs("the first process ended");
	if (code == EPERM || code == ENOSYS) {
		err_sys(&err, code, "acct(2)");
		untried("process accounting", &err);
	}
	if (code)
		return differs("acct(2): %s", strerror(code));
	/* the pipe ends when who crashed has closed it */
	if (read(held[0], &code, 1) != 0)
		return differs("the pipe has not ended");
	if (read(file, &record, sizeof record) != sizeof record)
		return differs("there is no record");
	if ((record.ac_exitcode & 0x7f) != SIGSEGV || record.ac_ppid == 0)
		return differs("the record has code 0x%x and parent %u", record.ac_exitcode,
		               record.ac_ppid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
