/* SPDX-License-Identifier: MIT */
/* machine.c - see machine.h */
#include "vm/machine.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "vm/qmp.h"
#include "vm/tool.h"
#include "vm/window.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK         (NS_PER_S / 4)
#define CONSOLE_TAIL 16384

/* In QEMU's process: where its descriptors stand. */
enum {
	FD_CONTROL = 3,
	FD_WINDOW,
	FD_CONSOLE,
	FD_STATE,            /* of a machine that is resumed, the last */
	FD_FRESH = FD_STATE, /* of one that boots */
	FD_KERNEL,
	FD_INITRD,
	FD_END
};

struct machine {
	pid_t pid;
	int control, window_fd, console; /* ours of each */
	void *window;
	struct qmp qmp;
	int killed_by; /* the signal that ended QEMU, which is gone; 0: none */
};

/*
 * What the machine is. -nodefaults and -no-user-config: nothing that this QEMU's maker or user
 * would add. numa: two memory backends, one behind the other; the kernel is told numa=off and never
 * sees the second.
 */
static const char *const hardware[] = {
    "-no-user-config",
    "-nodefaults",
    "-display",
    "none",
    "-M",
    "pc",
    "-cpu",
    /* QEMU 7.2 gets the flags wrong that cmpxchg16b leaves: an interrupt right behind one finds
     * part of a pointer in them, TF set now and then, and the kernel, which takes memory by
     * that instruction, panics in kmem_cache_alloc(). Without it kernels do so in other words.
     */
    "qemu64,-cx16",
    "-accel",
    "tcg",
    /* rr=record: QEMU's main loop lets an idle guest's clock jump to its next timer as soon as it
     * sees the processor halted, which may be before the processor's last instructions were
     * counted; those are then counted on top, now and then, on a busy machine. Recording takes a
     * lock that makes the main loop wait for the count. What is recorded is nobody's. */
    "-icount",
    "shift=3,sleep=off,rr=record,rrfile=/dev/null",
    /* what xen-save-devices-state writes has no such section */
    "-global",
    "migration.send-configuration=off",
    "-smp",
    "1",
    "-m",
    "256",
    "-numa",
    "node,memdev=kernel",
    "-numa",
    "node,memdev=window",
    "-rtc",
    "base=2026-01-01,clock=vm",
    "-seed",
    "42",
    "-device",
    "pvpanic",
    "-action",
    "panic=pause",
    "-no-reboot",
    "-serial",
    "chardev:console",
};
#define HARDWARE (sizeof hardware / sizeof hardware[0])

static bool boots(const struct machine_setting *s)
{
	return s->command_line != NULL;
}

/* The file of a descriptor, as QEMU opens it. */
static char *own_path(int fd)
{
	return mem_printf("/proc/self/fd/%d", fd);
}

static char *memory_argument(const char *path, bool share)
{
	/* a comma in a path is doubled (qemu(1)) */
	struct buf doubled = {0};
	char *text;

	for (const char *p = path; *p; p++)
		buf_add(&doubled, *p == ',' ? ",," : p, *p == ',' ? 2 : 1);
	text = mem_printf("memory-backend-file,id=kernel,size=%dM,mem-path=%s,share=%s",
	                  WINDOW_KERNEL_MB, buf_text(&doubled), share ? "on" : "off");
	buf_free(&doubled);
	return text;
}

/* Becomes QEMU; returns never. */
static void become(const struct machine_setting *s, const int fds[FD_END])
{
	const char *argv[HARDWARE + 32];
	size_t n = 0;
	int last = boots(s) ? FD_INITRD : FD_STATE;

	argv[n++] = VM_QEMU;
	for (size_t i = 0; i < HARDWARE; i++)
		argv[n++] = hardware[i];
	argv[n++] = "-object";
	argv[n++] = boots(s) ? memory_argument(own_path(FD_FRESH), true)
	                     : memory_argument(s->memory, false);
	argv[n++] = "-object";
	argv[n++] = mem_printf("memory-backend-file,id=window,size=%dM,mem-path=/proc/self/fd/%d,"
	                       "share=on",
	                       WINDOW_MB, FD_WINDOW);
	argv[n++] = "-chardev";
	argv[n++] = mem_printf("file,id=console,path=/proc/self/fd/%d", FD_CONSOLE);
	argv[n++] = "-chardev";
	argv[n++] = mem_printf("socket,id=control,fd=%d", FD_CONTROL);
	argv[n++] = "-mon";
	argv[n++] = "chardev=control,mode=control";
	argv[n++] = "-S";
	if (boots(s)) {
		argv[n++] = "-kernel";
		argv[n++] = own_path(FD_KERNEL);
		argv[n++] = "-initrd";
		argv[n++] = own_path(FD_INITRD);
		argv[n++] = "-append";
		argv[n++] = s->command_line;
	} else {
		argv[n++] = "-incoming";
		argv[n++] = "defer";
	}
	argv[n] = NULL;
	/* first out of the way, then each to its place: none is overwritten before it is moved */
	int high[FD_END];
	for (int i = FD_CONTROL; i <= last; i++) {
		high[i] = fcntl(fds[i], F_DUPFD, FD_END + 10);
		if (high[i] < 0)
			_exit(127);
	}
	for (int i = FD_CONTROL; i <= last; i++) {
		if (dup2(high[i], i) < 0)
			_exit(127);
	}
	if (close_range((unsigned)last + 1, ~0u, 0) < 0 && errno != ENOSYS)
		_exit(127);
	/* what QEMU says on stderr belongs to whoever asks why it did not start */
	if (dup2(FD_CONSOLE, 1) < 0 || dup2(FD_CONSOLE, 2) < 0)
		_exit(127);
	execvp(VM_QEMU, (char *const *)argv);
	_exit(127);
}

static int start(struct machine *m, const struct machine_setting *s, struct err *err)
{
	int pair[2];
	pid_t parent = getpid();

	m->window_fd = memfd_create("sockproof-window", MFD_CLOEXEC);
	m->console = memfd_create("sockproof-console", MFD_CLOEXEC);
	if (m->window_fd < 0 || m->console < 0)
		return err_sys(err, errno, "memfd_create");
	if (ftruncate(m->window_fd, WINDOW_SIZE) < 0)
		return err_sys(err, errno, "%d MiB for the guest's window", WINDOW_MB);
	m->window = mmap(NULL, WINDOW_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, m->window_fd, 0);
	if (m->window == MAP_FAILED) {
		m->window = NULL;
		return err_sys(err, errno, "map the guest's window");
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, errno, "socketpair");
	m->control = pair[0];
	m->pid = fork();
	if (m->pid < 0) {
		close(pair[1]);
		return err_sys(err, errno, "fork");
	}
	if (m->pid == 0) {
		int fds[FD_END] = {[FD_CONTROL] = pair[1],
		                   [FD_WINDOW] = m->window_fd,
		                   [FD_CONSOLE] = m->console,
		                   [FD_STATE] = s->state};

		if (boots(s)) {
			fds[FD_FRESH] = s->fresh;
			fds[FD_KERNEL] = s->kernel;
			fds[FD_INITRD] = s->initrd;
		}

		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(127);
		become(s, fds);
	}
	close(pair[1]);
	return qmp_begin(&m->qmp, m->control, err);
}

/* Why is it gone? Its end may not be through when its socket is closed already; what it dies of is
 * then decided all the same. */
static int gone(struct machine *m)
{
	int status;

	kill(m->pid, SIGKILL);
	while (waitpid(m->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return MACHINE_GONE;
	}
	m->pid = -1;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		m->killed_by = WTERMSIG(status);
	return MACHINE_GONE;
}

/* The status of the machine is @wanted? 0: no. */
static int status_is(struct machine *m, const char *wanted, struct err *err)
{
	json_t *answer = NULL;
	const char *status;
	int is;

	if (qmp_do(&m->qmp, "query-status", NULL, -1, &answer, err) < 0)
		return -1;
	status = json_string_value(json_object_get(answer, "status"));
	is = status && strcmp(status, wanted) == 0;
	json_decref(answer);
	return is;
}

static int resume(struct machine *m, struct err *err)
{
	int loading;
	json_t *uri = json_pack("{s:o}", "uri", json_sprintf("fd:%d", FD_STATE));

	if (qmp_do(&m->qmp, "migrate-incoming", uri, -1, NULL, err) < 0)
		return -1;
	while ((loading = status_is(m, "inmigrate", err)) == 1)
		;
	return loading;
}

struct machine *machine_start(const struct machine_setting *s, struct err *err)
{
	struct machine *m = mem_zero(1, sizeof *m);

	*m = (struct machine){.control = -1, .window_fd = -1, .console = -1};
	if (start(m, s, err) < 0 || (!boots(s) && resume(m, err) < 0)) {
		if (m->console >= 0)
			machine_last_words(m, err);
		machine_close(&m);
		return NULL;
	}
	return m;
}

void machine_close(struct machine **machine)
{
	struct machine *m = *machine;

	if (!m)
		return;
	*machine = NULL;
	if (m->pid > 0) {
		kill(m->pid, SIGKILL);
		while (waitpid(m->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (m->window)
		munmap(m->window, WINDOW_SIZE);
	if (m->control >= 0)
		close(m->control);
	if (m->window_fd >= 0)
		close(m->window_fd);
	if (m->console >= 0)
		close(m->console);
	qmp_free(&m->qmp);
	free(m);
}

void *machine_window(struct machine *m)
{
	return m->window;
}

/* ns that a thread of it was ready to run and no processor was free, at the most; 0 where the
 * kernel does not tell (Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat). */
static int64_t kept_waiting(pid_t pid)
{
	char *folder = mem_printf("/proc/%d/task", (int)pid), text[100];
	DIR *d = opendir(folder);
	const struct dirent *e;
	int64_t most = 0;

	while (d && (e = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s/schedstat", folder, e->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
		long long waited = 0;

		text[n > 0 ? n : 0] = '\0';
		if (sscanf(text, "%*s %lld", &waited) == 1 && waited > most)
			most = waited;
		if (fd >= 0)
			close(fd);
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
	return most;
}

int machine_run(struct machine *m, int64_t patience, void (*tick)(void *arg), void *arg,
                struct err *err)
{
	int64_t began = clock_now(), until = began + patience, before = kept_waiting(m->pid);

	m->qmp.stopped = false;
	if (qmp_do(&m->qmp, "cont", NULL, -1, NULL, err) < 0)
		return m->qmp.gone ? gone(m) : -1;
	while (!m->qmp.stopped && !m->qmp.gone) {
		int64_t now = clock_now();

		if (now >= until) {
			until = began + patience + kept_waiting(m->pid) - before;
			if (now >= until)
				return MACHINE_LATE;
		}
		qmp_listen(&m->qmp, now + TICK < until ? now + TICK : until);
		if (tick)
			tick(arg);
	}
	return m->qmp.stopped ? MACHINE_STOPPED : gone(m);
}

/*
 * The devices alone: the memory is in a file already. Not "migrate", whose thread a QEMU that
 * records does not survive.
 */
int machine_save(struct machine *m, const char *path, struct err *err)
{
	if (qmp_do(&m->qmp, "xen-save-devices-state", json_pack("{s:s}", "filename", path), -1,
	           NULL, err) < 0)
		return err_wrap(err, "QEMU could not save the machine; is there space left?");
	return 0;
}

/* Where a kernel that dies begins to say why; NULL: it does not. */
static const char *last_words(const char *text)
{
	static const char *const beginnings[] = {"BUG:", "Oops", "general protection fault",
	                                         "Kernel panic", "sockproof:"};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		const char *at = strstr(text, beginnings[i]);

		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

/* What the guest said last on its console, or from where a dying kernel began to say why: one line,
 * at most @size - 1 bytes, printable. */
static void read_console(struct machine *m, char *out, size_t size)
{
	char tail[CONSOLE_TAIL];
	off_t end = lseek(m->console, 0, SEEK_END);
	const off_t room = sizeof tail - 1;
	const char *from;
	ssize_t got;
	size_t n = 0;

	out[0] = '\0';
	got = end <= 0 ? 0 : pread(m->console, tail, (size_t)room, end > room ? end - room : 0);
	if (got <= 0)
		return;
	for (ssize_t i = 0; i < got; i++) {
		if (!tail[i])
			tail[i] = ' ';
	}
	tail[got] = '\0';
	from = last_words(tail);
	if (!from)
		from = (size_t)got > size - 1 ? tail + got - (size - 1) : tail;
	for (; *from && n < size - 1; from++) {
		unsigned char c = (unsigned char)*from;

		if (c == '\n' || c == '\r' || c == '\t')
			c = ' ';
		if (c < ' ' || c > '~' || (c == ' ' && (n == 0 || out[n - 1] == ' ')))
			continue;
		out[n++] = (char)c;
	}
	out[n] = '\0';
}

void machine_last_words(struct machine *m, struct err *err)
{
	char said[400];
	struct err before = *err;

	if (m->killed_by == SIGBUS) {
		err_set(err, ENOSPC,
		        "%s: QEMU was killed by SIGBUS: no space is left for the file of the "
		        "guest's memory",
		        before.text);
		return;
	}
	if (m->killed_by)
		err_set(err, before.code, "%s: QEMU was killed by signal %d (%s)", before.text,
		        m->killed_by, strsignal(m->killed_by));
	before = *err;
	read_console(m, said, sizeof said);
	err_set(err, before.code, said[0] ? "%s; the last it said: %s" : "%s; it said nothing",
	        before.text, said);
}

char *machine_words(const struct machine_setting *s)
{
	struct buf b = {0};

	for (size_t i = 0; i < HARDWARE; i++)
		buf_printf(&b, "%s ", hardware[i]);
	buf_printf(&b, "%d+%d MiB ", WINDOW_KERNEL_MB, WINDOW_MB);
	buf_str(&b, s->command_line);
	return buf_take(&b);
}
