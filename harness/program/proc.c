/* SPDX-License-Identifier: MIT */
/*
 * proc.c - the processes of a program, as /proc tells (proc(5))
 *
 * A process belongs to the program when its pid namespace is the program's, or was made inside it.
 * A thread is asleep only when it is off its processor: between setting its state to S and leaving
 * the processor it may still find that there is something to do. /proc/PID/task/TID/syscall knows:
 * it says "running" until the thread has left (fs/proc/base.c, proc_pid_syscall(); lib/syscall.c,
 * wait_task_inactive()).
 *
 * Who called vfork(2) waits in state D, which no signal but SIGKILL ends, until the child executes
 * another program or ends (kernel/fork.c, wait_for_vfork_done()). Nothing but that child moves it,
 * and the child is looked at too: so it sleeps. Nor does it stop before, but a SIGSTOP that waits
 * for it is obeyed on the way out of the call, before anything of the program runs: so it is
 * stopped. Any other state D is a short wait that goes on by itself: it runs.
 */
#include "base/err.h"
#include "base/text.h"
#include "program/program_own.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NAME_ROOM 64

static pid_t number(const char *name)
{
	uint64_t n;
	return text_u64(name, strlen(name), &n) && n > 0 && n <= INT32_MAX ? (pid_t)n : 0;
}

/* Was the namespace of @path made inside ours? ioctl_ns(2): climb until it is ours or out of sight.
 */
static bool is_inside(int proc, const char *path, uint64_t ours)
{
	struct stat st;
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0) {
		int parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = parent;
		if (fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == ours) {
			close(fd);
			return true;
		}
	}
	return false;
}

struct walk {
	const struct program *program;
	int proc;     /* /proc */
	uint64_t own; /* the harness's own pid namespace */
};

static bool belongs(const struct walk *w, pid_t pid)
{
	char path[NAME_ROOM];
	struct stat st;
	if (pid == w->program->init)
		return false;
	snprintf(path, sizeof path, "%d/ns/pid", (int)pid);
	if (fstatat(w->proc, path, &st, 0) < 0)
		return false; /* it has ended */
	if (st.st_ino == w->program->pidns)
		return true;
	return st.st_ino != w->own && is_inside(w->proc, path, w->program->pidns);
}

/* Processes that belong to @p, ended but not reaped ones too. */
typedef int process_fn(const struct walk *w, pid_t pid, void *arg);

static int each_process(const struct program *p, process_fn *fn, void *arg, struct err *err)
{
	struct stat st;
	int r = 0;
	DIR *dir = opendir("/proc");
	if (!dir)
		return err_sys(err, errno, "/proc");
	struct walk w = {.program = p, .proc = dirfd(dir)};
	if (fstatat(w.proc, "self/ns/pid", &st, 0) < 0)
		r = err_sys(err, errno, "/proc/self/ns/pid");
	w.own = st.st_ino;
	for (const struct dirent *e = NULL; r == 0 && (errno = 0, e = readdir(dir)) != NULL;) {
		pid_t pid = number(e->d_name);
		if (pid && belongs(&w, pid))
			r = fn(&w, pid, arg);
	}
	if (r == 0 && errno)
		r = err_sys(err, errno, "read /proc");
	closedir(dir);
	return r;
}

/* A small file whole. Returns its length, or -1: the process or thread has ended, or we may not
 * look. */
static ssize_t read_at(int folder, const char *path, char *room, size_t size)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, room, size - 1);
	close(fd);
	room[n < 0 ? 0 : n] = '\0';
	return n;
}

static uint64_t field(const char *status, const char *name, int base)
{
	const char *at = strstr(status, name);
	return at ? strtoull(at + strlen(name), NULL, base) : 0;
}

/* Is it in a call that waits for the child that it makes? @syscall: of /proc, the call's number and
 * its arguments. posix_spawn(3) makes the call too, by a name of its own. */
static bool in_vfork(pid_t tid, const char *syscall)
{
	long number;
	unsigned long long first;
	int n = sscanf(syscall, "%ld %llx", &number, &first);
#ifdef SYS_vfork
	if (n == 2 && number == SYS_vfork)
		return true;
#endif
	if (n == 2 && number == SYS_clone3) {
		struct clone_args args;
		struct iovec here = {.iov_base = &args.flags, .iov_len = sizeof args.flags};
		struct iovec there = {.iov_base = (void *)(uintptr_t)first, // NOLINT
		                      .iov_len = sizeof args.flags};
		return process_vm_readv(tid, &here, 1, &there, 1, 0) == sizeof args.flags &&
		       args.flags & CLONE_VFORK;
	}
	return n == 2 && number == SYS_clone && first & CLONE_VFORK;
}

static bool read_thread(int task, pid_t tid, struct thread *t)
{
	char path[NAME_ROOM], text[4096];
	snprintf(path, sizeof path, "%d/status", (int)tid);
	if (read_at(task, path, text, sizeof text) <= 0)
		return false;
	const char *state = strstr(text, "\nState:\t");
	t->tid = tid;
	t->state = '?';
	if (state)
		t->state = state[strlen("\nState:\t")];
	t->parent = (pid_t)field(text, "\nPPid:\t", 10);
	t->stops =
	    (field(text, "\nSigPnd:\t", 16) | field(text, "\nShdPnd:\t", 16)) >> (SIGSTOP - 1) & 1;
	t->in_vfork = false;
	t->switches = field(text, "\nvoluntary_ctxt_switches:\t", 10) +
	              field(text, "\nnonvoluntary_ctxt_switches:\t", 10);
	if (t->state != 'S' && t->state != 'D')
		return true;
	snprintf(path, sizeof path, "%d/syscall", (int)tid);
	if (read_at(task, path, text, sizeof text) <= 0)
		return true;
	if (strncmp(text, "running", 7) == 0)
		t->state = 'R';
	t->in_vfork = t->state == 'D' && in_vfork(tid, text);
	return true;
}

static int add_threads(const struct walk *w, pid_t pid, void *arg)
{
	struct threads *out = arg;
	struct thread t = {.pid = pid};
	char path[NAME_ROOM];
	snprintf(path, sizeof path, "%d/task", (int)pid);
	int fd = openat(w->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	const struct dirent *e;
	while ((e = readdir(dir)) != NULL) {
		pid_t tid = number(e->d_name);
		if (!tid || !read_thread(fd, tid, &t))
			continue;
		/* at a call, and about to go on */
		if (t.state == 't' && w->program->trace && !trace_rests(w->program, tid))
			t.state = 'R';
		MEM_ROOM(out->list, out->count);
		out->list[out->count++] = t;
	}
	closedir(dir);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;
	return x->pid != y->pid  ? (x->pid < y->pid ? -1 : 1)
	       : x->tid < y->tid ? -1
	                         : x->tid > y->tid;
}

/*
 * The call of @t has made its child: only then is that what it waits for. A stop of its process
 * still waits for all of its threads, or another one has met it and told all (signal(7)); a program
 * that is not traced by us may trace others, which then stop one by one.
 */
static void settle_vfork(const struct program *p, const struct threads *all, struct thread *t)
{
	bool has_child = false, stops = t->stops;
	for (size_t i = 0; i < all->count; i++) {
		const struct thread *other = &all->list[i];
		has_child |= other->parent == t->pid && !thread_dead(other);
		stops |= other->pid == t->pid &&
		         (other->state == 'T' || (p->trace && other->state == 't'));
	}
	if (has_child)
		t->state = stops ? 'T' : 'S';
}

int proc_threads(const struct program *p, struct threads *out, struct err *err)
{
	*out = (struct threads){0};
	if (each_process(p, add_threads, out, err) < 0) {
		free(out->list);
		return -1;
	}
	if (out->count)
		qsort(out->list, out->count, sizeof *out->list, by_number);
	for (size_t i = 0; i < out->count; i++) {
		if (out->list[i].in_vfork)
			settle_vfork(p, out, &out->list[i]);
	}
	return 0;
}

bool thread_dead(const struct thread *t)
{
	return t->state == 'Z' || t->state == 'X';
}

bool thread_stopped(const struct thread *t)
{
	return t->state == 'T' || t->state == 't';
}

pid_t *program_processes(const struct program *p, size_t *count, size_t *zombies, struct err *err)
{
	struct threads all;
	size_t live = 0, dead = 0;
	if (proc_threads(p, &all, err) < 0)
		return NULL;
	pid_t *pids = mem_zero(all.count, sizeof *pids);
	for (size_t i = 0, next; i < all.count; i = next) {
		bool lives = false;
		for (next = i; next < all.count && all.list[next].pid == all.list[i].pid; next++)
			lives |= !thread_dead(&all.list[next]);
		if (lives)
			pids[live++] = all.list[i].pid;
		else
			dead++;
	}
	free(all.list);
	*count = live;
	if (zombies)
		*zombies = dead;
	return pids;
}

struct cpu {
	int64_t ns;
	int64_t tick; /* ns */
};

/* Its own time by its clock, to the nanosecond; that of the children it waited for only in ticks.
 */
static int add_cpu(const struct walk *w, pid_t pid, void *arg)
{
	struct cpu *cpu = arg;
	char path[NAME_ROOM], text[1024];
	unsigned long utime, stime;
	long cutime, cstime;
	clockid_t clock;
	struct timespec ts;
	snprintf(path, sizeof path, "%d/stat", (int)pid);
	if (read_at(w->proc, path, text, sizeof text) <= 0)
		return 0;
	const char *rest = strrchr(text, ')'); /* a name may hold anything */
	if (!rest ||
	    sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &utime,
	           &stime, &cutime, &cstime) != 4)
		return 0;
	if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &ts) == 0)
		cpu->ns += (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	else
		cpu->ns += (int64_t)(utime + stime) * cpu->tick;
	cpu->ns += (int64_t)(cutime + cstime) * cpu->tick;
	return 0;
}

static int64_t of_timeval(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000000 + (int64_t)tv->tv_usec * 1000;
}

int64_t program_cpu_time(const struct program *p, struct err *err)
{
	struct cpu cpu = {.tick = 1000000000 / sysconf(_SC_CLK_TCK)};
	if (each_process(p, add_cpu, &cpu, err) < 0)
		return -1;
	/* orphans end as children of the init */
	DIR *dir = opendir("/proc");
	if (!dir)
		return err_sys(err, errno, "/proc");
	struct walk w = {.program = p, .proc = dirfd(dir)};
	add_cpu(&w, p->init, &cpu);
	closedir(dir);
	if (p->exited)
		cpu.ns += of_timeval(&p->usage.ru_utime) + of_timeval(&p->usage.ru_stime);
	return cpu.ns;
}

struct inodes {
	uint32_t *list;
	size_t count;
};

/* Calls for each descriptor of @pid what its link says. Returns how many there are, -1: no looking.
 */
static int each_descriptor(int proc, pid_t pid, struct inodes *sockets)
{
	char path[NAME_ROOM], target[NAME_ROOM];
	int count = 0;
	snprintf(path, sizeof path, "%d/fd", (int)pid);
	int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int code = errno;
		if (fd >= 0)
			close(fd);
		errno = code;
		return -1;
	}
	const struct dirent *e;
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		count++;
		if (!sockets)
			continue;
		ssize_t n = readlinkat(fd, e->d_name, target, sizeof target - 1);
		target[n < 0 ? 0 : n] = '\0';
		unsigned inode;
		if (sscanf(target, "socket:[%u]", &inode) != 1)
			continue;
		MEM_ROOM(sockets->list, sockets->count);
		sockets->list[sockets->count++] = inode;
	}
	closedir(dir);
	return count;
}

static int add_sockets(const struct walk *w, pid_t pid, void *arg)
{
	each_descriptor(w->proc, pid, arg); /* -1: it has ended meanwhile */
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

uint32_t *program_socket_inodes(const struct program *p, size_t *count, struct err *err)
{
	struct inodes all = {0};
	size_t kept = 0;
	if (each_process(p, add_sockets, &all, err) < 0) {
		free(all.list);
		return NULL;
	}
	if (all.count)
		qsort(all.list, all.count, sizeof *all.list, by_inode);
	for (size_t i = 0; i < all.count; i++) {
		if (kept == 0 || all.list[kept - 1] != all.list[i])
			all.list[kept++] = all.list[i];
	}
	*count = kept;
	return all.list ? all.list : mem_zero(1, sizeof *all.list);
}

int program_descriptors(const struct program *p, struct err *err)
{
	int proc, count;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return err_sys(err, errno, "/proc");
	count = each_descriptor(proc, p->pid, NULL);
	if (count < 0)
		err_sys(err, errno, "descriptors of %s", p->name);
	close(proc);
	/* asked afterwards: one that is not yet reaped shows none at all */
	return program_ended(p) ? err_set(err, ESRCH, "%s has ended", p->name) : count;
}
