/* SPDX-License-Identifier: MIT */
/*
 * init.c - the first process of a program's pid namespace: it makes the mounts and then only reaps
 *
 * Theory. Whoever ends the init ends the namespace, so nothing that a program started can outlive
 * the program_close(). The init's mount namespace has a /proc of the new pid namespace and the
 * host's own files of name lookup (/etc/hosts and others); its UTS namespace has the host's name,
 * since a resolver takes its search list from a domain in there (resolv.conf(5)). The program joins
 * both. From inside, no signal ends or stops the init (pid_namespaces(7)), and it holds no
 * descriptor that anybody waits for.
 */
#include "base/err.h"
#include "base/mem.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_PIDS   2048                   /* more than any server needs */
#define NSCD_SOCKET "/var/run/nscd/socket" /* nscd(8) */

/* What is mounted over what. */
struct cover {
	const char *target;
	const char *source; /* NULL: nothing */
};

/*
 * Some of the files are not there (or a link leads nowhere, as resolv.conf does in some
 * containers). The machine's own /etc must stay as it is, so a writable layer goes on top of it,
 * for this namespace only.
 */
static int layer_over_etc(struct err *err)
{
	char *base = mem_printf("%s/etc-XXXXXX", isolate_private());
	int r = -1;
	if (mkdtemp(base)) {
		char *upper = mem_printf("%s/upper", base), *work = mem_printf("%s/work", base);
		char *options = mem_printf("lowerdir=/etc,upperdir=%s,workdir=%s", upper, work);
		if (mkdir(upper, 0755) == 0 && mkdir(work, 0755) == 0)
			r = mount("overlay", "/etc", "overlay", 0, options);
		free(upper);
		free(work);
		free(options);
	}
	free(base);
	return r < 0 ? err_sys(err, errno,
	                       "a place for /etc/hosts and other files: overlayfs on /etc")
	             : 0;
}

static int make_place(const char *target, struct err *err)
{
	if (unlink(target) < 0 && errno != ENOENT)
		return err_sys(err, errno, "remove the link %s", target);
	int fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, errno, "create %s", target);
	close(fd);
	return 0;
}

static bool missing(const struct cover *c)
{
	return c->source && access(c->target, F_OK) < 0;
}

/* Nothing there and nothing to say: the same to a reader. */
static bool needed(const struct cover *c)
{
	struct stat st;
	return missing(c) && (stat(c->source, &st) < 0 || st.st_size > 0);
}

static int cover_files(const struct cover *list, size_t count, struct err *err)
{
	bool layer = false;
	for (size_t i = 0; i < count; i++)
		layer |= needed(&list[i]);
	if (layer && layer_over_etc(err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct cover *c = &list[i];
		if (layer && missing(c) && make_place(c->target, err) < 0)
			return -1;
		if (!c->source || missing(c))
			continue;
		if (confine_read_only(c->target, c->source, err) < 0)
			return -1;
	}
	return 0;
}

static int make_mounts(const struct host *host, struct err *err)
{
	struct cover files[HOST_FILE_COUNT];
	for (int i = 0; i < HOST_FILE_COUNT; i++)
		files[i] = (struct cover){host_file_target(i), host_file_path(host, i)};
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, errno, "make the mounts private");
	if (confine_view(MOST_PIDS, err) < 0)
		return -1;
	/* a name service cache of this machine would answer for the host's files */
	if (access(NSCD_SOCKET, F_OK) == 0 &&
	    mount("/dev/null", NSCD_SOCKET, "none", MS_BIND, NULL) < 0)
		return err_sys(err, errno, "hide %s", NSCD_SOCKET);
	return cover_files(files, HOST_FILE_COUNT, err);
}

static int make_name(const struct host *host, struct err *err)
{
	const char *name = host_name(host);
	if (sethostname(name, strnlen(name, HOST_NAME_MAX)) < 0)
		return err_sys(err, errno, "sethostname");
	return 0;
}

/* Orphans of the program become children of this process. */
static _Noreturn void reap_for_ever(void)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		/* one that ended meanwhile has left SIGCHLD pending: none is missed */
		while (sigwaitinfo(&child, NULL) < 0 && errno == EINTR)
			;
	}
}

static _Noreturn void init_main(const struct program *p, int report)
{
	const struct host *host = p->host;
	struct err err = {0};
	prctl(PR_SET_NAME, "sockproof-init", 0, 0, 0);
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction act = {.sa_handler = SIG_DFL};
		sigaction(sig, &act, NULL); /* EINVAL for those that cannot be changed */
	}
	/* nothing can use isolate_private() behind confine_end_of_view() */
	if (make_name(host, &err) < 0 ||
	    (p->jail ? jail_view(p, &err) < 0
	             : make_mounts(host, &err) < 0 || confine_end_of_view(&err) < 0)) {
		launch_say(report, &err);
		_exit(127);
	}
	err.code = 0;
	launch_say(report, &err);
	account_begin(p, &err);
	launch_say(report, &err);
	if (chdir("/") < 0 || syscall(SYS_close_range, 0u, ~0u, 0u) < 0)
		_exit(127);
	reap_for_ever();
}

static int wait_until_settled(int fd, struct err *err)
{
	struct err said;
	int r = launch_hear(fd, &said, err);
	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(err, ECHILD, "its init ended");
	if (said.code) {
		*err = said;
		return -1;
	}
	return 0;
}

/* Where there is no process accounting there are no records of it. */
static int wait_until_accounted(struct program *p, int fd, struct err *err)
{
	int r = wait_until_settled(fd, err);

	if (r < 0 && (err->code == EPERM || err->code == ENOSYS)) {
		account_close(p);
		return 0;
	}
	return r;
}

int init_start(struct program *p, struct err *err)
{
	int report[2];
	char self[32];
	struct stat st;
	ssize_t n = readlink("/proc/self", self, sizeof self - 1);
	self[n < 0 ? 0 : n] = '\0';
	if (atoi(self) != (int)getpid())
		return err_set(err, EINVAL,
		               "/proc is not this process's own: isolate_settle() first");
	if (account_open(p, err) < 0)
		return -1;
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");

	pid_t pid = isolate_clone(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS, &p->init_fd, err);
	if (pid == 0)
		init_main(p, report[1]);
	close(report[1]);
	if (pid < 0) {
		close(report[0]);
		return -1;
	}
	p->init = pid;
	int r = wait_until_settled(report[0], err);
	if (r == 0)
		r = wait_until_accounted(p, report[0], err);
	close(report[0]);
	if (r < 0)
		return -1;
	char *path = mem_printf("/proc/%d/ns/pid", (int)pid);
	r = stat(path, &st);
	free(path);
	if (r < 0)
		return err_sys(err, errno, "its pid namespace");
	p->pidns = st.st_ino;
	return 0;
}
