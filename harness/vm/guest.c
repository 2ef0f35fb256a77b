/* SPDX-License-Identifier: MIT */
/*
 * guest.c - the harness as process 1 of a guest
 *
 * Boot, fork the process of the case, stop the machine so that the host can save it. In each
 * resumed copy that process takes the job out of the window, plays it, puts the result into the
 * window and stops the machine; process 1 watches over it. The host never lets it run on. Whatever
 * goes wrong here is told through the window, so that it ends as the case's `error` and not as a
 * silent machine.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "script/script.h"
#include "vm/cpio.h"
#include "vm/job.h"
#include "vm/vm.h"
#include "vm/window.h"
#include "world/isolate.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long everything in the guest together may compute, in its own time: 125 million instructions
 * are a second. A program that spins uses it up; what sleeps for hours does not. */
#define BUDGET     (60 * NS_PER_S)
#define LOOK_EVERY (10 * NS_PER_S)

static volatile struct window_head *window;

/* Memory is what it says before, and may be another behind it: the host writes while it stands. */
static void stop_machine(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	outb(WINDOW_STOP, WINDOW_STOP_PORT);
	atomic_signal_fence(memory_order_seq_cst);
}

static _Noreturn void tell(enum window_state state, const void *p, size_t len)
{
	if (len > WINDOW_ROOM) {
		static const char words[] = "the evidence of this case is larger than the window";

		state = WINDOW_FAILED;
		p = words;
		len = sizeof words;
	}
	memcpy((char *)window + WINDOW_PAYLOAD, p, len);
	window->len = len;
	window->state = state;
	for (;;)
		stop_machine();
}

static _Noreturn void give_up(const struct err *err)
{
	tell(WINDOW_FAILED, err->text, strlen(err->text) + 1);
}

static void must(int rc, const char *what)
{
	struct err err;

	if (rc >= 0)
		return;
	err_sys(&err, errno, "%s", what);
	/* before the window is there, only the console hears it */
	if (window)
		give_up(&err);
	fprintf(stderr, "sockproof: %s\n", err.text);
	_exit(1);
}

static void mount_all(void)
{
	must(mount("proc", "/proc", "proc", 0, NULL), "mount /proc");
	must(mount("sysfs", "/sys", "sysfs", 0, NULL), "mount /sys");
	must(mount("devtmpfs", "/dev", "devtmpfs", 0, "mode=0755"), "mount /dev");
	/* the kernel gave process 1 no descriptors: there was no /dev/console yet */
	int console = open("/dev/console", O_RDWR | O_NOCTTY);
	must(console, "/dev/console");
	for (int i = 0; i < 3; i++)
		must(console == i ? 0 : dup2(console, i), "dup2");
	must(mkdir("/dev/pts", 0755), "make /dev/pts");
	must(mount("devpts", "/dev/pts", "devpts", 0, "mode=0620,ptmxmode=0666"), "mount /dev/pts");
	must(mkdir("/dev/shm", 01777), "make /dev/shm");
	must(mount("tmpfs", "/dev/shm", "tmpfs", 0, NULL), "mount /dev/shm");
	must(chmod("/tmp", 01777), "chmod /tmp");
}

static void map_window(void)
{
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *p;

	must(fd, "/dev/mem");
	p = mmap(NULL, WINDOW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)WINDOW_BASE);
	must(p == MAP_FAILED ? -1 : 0, "map the window");
	close(fd);
	/* what is in the window is for this process to say */
	must(unlink("/dev/mem"), "remove /dev/mem");
	must(ioperm(WINDOW_STOP_PORT, 1, 1), "ioperm");
	window = p;
	window->magic = WINDOW_MAGIC;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load_module(const char *name)
{
	char path[300];
	int fd;

	snprintf(path, sizeof path, "/modules/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd, path);
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		must(-1, path);
	close(fd);
}

/* Their names say their order. */
static void load_modules(void)
{
	char **names = NULL;
	size_t count = 0;
	DIR *d = opendir("/modules");
	const struct dirent *e;

	must(d ? 0 : -1, "/modules");
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		MEM_ROOM(names, count);
		names[count++] = mem_text(e->d_name);
	}
	closedir(d);
	if (count > 0)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++) {
		load_module(names[i]);
		free(names[i]);
	}
	free(names);
}

/* Kernel threads that look around now and then, for nothing that a socket sees, would wake a guest
 * that sleeps for hours thousands of times. What a kernel does not have it need not be told. */
static void calm_down(void)
{
	static const char *const knobs[][2] = {
	    /* and a program that forks without end must not take the memory of all */
	    {"/proc/sys/kernel/pid_max", "512"},
	    {"/proc/sys/vm/compaction_proactiveness", "0"},
	    {"/proc/sys/vm/stat_interval", "100000"},
	    {"/proc/sys/vm/dirty_writeback_centisecs", "0"},
	    {"/sys/kernel/mm/transparent_hugepage/enabled", "never"},
	    {"/sys/kernel/mm/ksm/run", "0"},
	};

	for (size_t i = 0; i < sizeof knobs / sizeof knobs[0]; i++) {
		int fd = open(knobs[i][0], O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (write(fd, knobs[i][1], strlen(knobs[i][1])) < 0)
			fprintf(stderr, "sockproof: %s: %s\n", knobs[i][0], strerror(errno));
		close(fd);
	}
}

/* Nanoseconds that something computed since boot: /proc/uptime has the time and the idle time, in
 * hundredths (proc(5)). */
static int64_t computed(void)
{
	char text[100];
	double up = 0, idle = 0;
	int fd = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	must((int)n, "/proc/uptime");
	close(fd);
	text[n < 0 ? 0 : n] = '\0'; /* must() does not come back when it is */
	sscanf(text, "%lf %lf", &up, &idle);
	return (int64_t)((up - idle) * NS_PER_S);
}

/* Until the child has ended, and so closed its end, or the budget is used up. */
static void watch(int fd)
{
	int64_t limit = computed() + BUDGET;
	struct pollfd f = {.fd = fd, .events = POLLIN};

	for (;;) {
		int r = poll(&f, 1, (int)(LOOK_EVERY / NS_PER_MS));

		if (computed() > limit) {
			struct err err;

			err_set(&err, ETIME,
			        "the guest computed for %d s of its own time (%lld million "
			        "instructions): something in this case loops without end",
			        (int)(BUDGET / NS_PER_S), (long long)(BUDGET / NS_PER_S * 125));
			give_up(&err);
		}
		if (r > 0)
			return;
	}
}

/* Numbers that the kernel draws (initial sequence numbers, ports, hash seeds) come from its random
 * generator: what is mixed in here decides them, since the snapshot is always the same. It is
 * credited as entropy: a 5.10 that was given none refuses RNDRESEEDCRNG (ENODATA), and from 5.18 on
 * whoever asks a generator that was given none waits for a second, while it computes some. */
static void mix_seed(uint64_t seed)
{
	enum { BYTES = 32 };
	struct rand_pool_info *pool = mem_zero(1, sizeof *pool + BYTES);
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	pool->entropy_count = BYTES * 8;
	pool->buf_size = BYTES;
	memcpy(pool->buf, &seed, sizeof seed);
	must(fd, "/dev/urandom");
	must(ioctl(fd, RNDADDENTROPY, pool), "RNDADDENTROPY");
	must(ioctl(fd, RNDRESEEDCRNG), "RNDRESEEDCRNG");
	close(fd);
	free(pool);
}

/* Process 1 from here on: nobody else notices when the case's process is killed, or never ends. */
static _Noreturn void guard(pid_t pid, int end)
{
	struct err err;
	int status = 0;

	watch(end);
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
		err_set(&err, 0, "the harness's process of this case was killed by signal %d (%s)",
		        WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		err_set(&err, 0,
		        "the harness's process of this case ended before it had a verdict");
	give_up(&err);
}

/* The case's process, in a resumed copy: take the job out of the window and play it. It tells the
 * result itself: that its world is taken down is nobody's business any more. @root: the guest's
 * own, as it was before the case's mounts. */
static _Noreturn void play(struct script *s, int root)
{
	struct buf result = {0};
	struct err err;
	uint64_t seed;

	if (window->state != WINDOW_JOB || window->len > WINDOW_ROOM) {
		err_set(&err, 0, "there is no job in the window");
		give_up(&err);
	}
	if (cpio_unpack((const char *)window + WINDOW_PAYLOAD, window->len, root, &err) < 0 ||
	    job_seed(&seed, &err) < 0)
		give_up(&err);
	mix_seed(seed);
	if (job_play(s, &result, &err) < 0)
		give_up(&err);
	tell(WINDOW_DONE, result.p, result.len);
}

_Noreturn void vm_guest(void)
{
	struct script *s;
	struct err err;
	int root, ends[2];
	pid_t pid;

	must(setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1),
	     "setenv");
	mount_all();
	map_window();
	mix_seed(0);
	load_modules();
	calm_down();
	s = script_open(&err);
	root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!s)
		give_up(&err);
	must(root, "/");
	must(pipe2(ends, O_CLOEXEC), "pipe");
	/*
	 * The process of the case is there before the snapshot is taken, with its namespaces and
	 * mounts: each resumed copy would have the kernel's code for them translated anew, a
	 * quarter of all that an empty case runs. No host is made yet, so nothing that the seed
	 * decides has been drawn.
	 */
	pid = isolate_keep_network(&err) < 0 ? -1 : isolate_fork(false, &err);
	if (pid < 0)
		give_up(&err);
	if (pid > 0) {
		close(ends[1]);
		guard(pid, ends[0]);
	}
	close(ends[0]);
	if (!isolate_settle(&err))
		give_up(&err);
	window->state = WINDOW_READY;
	stop_machine();
	play(s, root);
}
