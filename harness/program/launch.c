/* SPDX-License-Identifier: MIT */
/*
 * launch.c - from a fork to execve(2): the program's first process
 *
 * The harness joins the init's pid namespace for the length of one fork(2) (setns(2): it changes
 * where children go, not the caller), so the program is its own child and inside the namespace at
 * once. Until execve(2) the child tells what fails through a pipe that exec closes.
 */
#include "base/err.h"
#include "base/path.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include "world/world.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REPORT_FD 3 /* in the child, until exec */

struct plan {
	const struct program_spec *spec;
	const struct program *program;
	const struct stdio_ends *theirs;
	char **env;
	const char *folder;
	int report;
	int go; /* traced: it waits here until it is; -1: not traced */
};

void launch_say(int fd, const struct err *what)
{
	/* less than PIPE_BUF: whole or not at all (pipe(7)) */
	static_assert(sizeof *what <= PIPE_BUF, "an error fits a pipe");
	if (write(fd, what, sizeof *what) < 0)
		_exit(127);
}

int launch_hear(int fd, struct err *said, struct err *err)
{
	ssize_t n;
	do
		n = read(fd, said, sizeof *said);
	while (n < 0 && errno == EINTR);
	if (n == 0 || n == (ssize_t)sizeof *said)
		return n > 0;
	return err_sys(err, n < 0 ? errno : EIO, "hear from a child");
}

static bool same_key(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");
	return strncmp(a, b, n) == 0 && b[n] == '=';
}

static void env_put(char **env, size_t *count, const char *pair)
{
	for (size_t i = 0; i < *count; i++) {
		if (same_key(pair, env[i])) {
			free(env[i]);
			env[i] = mem_text(pair);
			return;
		}
	}
	env[(*count)++] = mem_text(pair);
}

static char **make_env(const struct program_spec *spec, const char *folder)
{
	static const char *const clean[] = {("PATH=" PATH_DEFAULT), "LANG=C.UTF-8", "TERM=dumb"};
	size_t count = 0, more = 0;
	while (spec->env && spec->env[more])
		more++;
	char **env = mem_zero(sizeof clean / sizeof clean[0] + more + 2, sizeof *env);
	char *home = mem_printf("HOME=%s", folder);
	for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
		env_put(env, &count, clean[i]);
	env_put(env, &count, home);
	free(home);
	for (size_t i = 0; i < more; i++)
		env_put(env, &count, spec->env[i]);
	return env;
}

static void free_env(char **env)
{
	for (size_t i = 0; env[i]; i++)
		free(env[i]);
	free(env);
}

/* A step before exec failed. The codes that speak of the command itself are left to execve(2). */
static _Noreturn void give_up(int code, const char *step, const char *what)
{
	struct err err = {0};
	err_sys(&err, code, "%s%s%s", step, *what ? " " : "", what);
	if (code == ENOENT || code == EACCES || code == ENOEXEC)
		err.code = EINVAL;
	launch_say(REPORT_FD, &err);
	_exit(127);
}

static void must(int result, const char *step)
{
	if (result < 0)
		give_up(errno, step, "");
}

/* Descriptors 0, 1, 2 and the report on 3; nothing else. The originals may lie anywhere, on 0 to 3
 * too. */
static void child_descriptors(const struct plan *plan)
{
	int high[4];
	const int low[4] = {plan->theirs->fd[0], plan->theirs->fd[1], plan->theirs->fd[2],
	                    plan->report};
	for (int i = 0; i < 4; i++) {
		high[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 10);
		if (high[i] < 0)
			_exit(127);
	}
	if (dup3(high[3], REPORT_FD, O_CLOEXEC) < 0)
		_exit(127);
	for (int i = 0; i < 3; i++)
		must(dup2(high[i], i), "dup2");
	must(setsid(), "setsid");
	if (plan->program->terminal)
		must(ioctl(0, TIOCSCTTY, 0), "TIOCSCTTY");
	must((int)syscall(SYS_close_range, (unsigned)REPORT_FD + 1, ~0u, 0u), "close_range");
}

static void child_signals(void)
{
	sigset_t none;
	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction act = {.sa_handler = SIG_DFL};
		sigaction(sig, &act, NULL); /* EINVAL for SIGKILL, SIGSTOP and glibc's own */
	}
	sigemptyset(&none);
	must(sigprocmask(SIG_SETMASK, &none, NULL), "sigprocmask");
}

/* hard: what is allowed beyond @value before SIGKILL (RLIMIT_CPU); 0 elsewhere */
static void limit(int resource, uint64_t value, uint64_t hard, const char *name)
{
	struct rlimit now;
	must(getrlimit(resource, &now), name);
	struct rlimit wanted = {.rlim_cur = value, .rlim_max = value + hard};
	if (wanted.rlim_max > now.rlim_max)
		wanted.rlim_max = now.rlim_max; /* raising it takes privilege */
	if (wanted.rlim_cur > wanted.rlim_max)
		wanted.rlim_cur = wanted.rlim_max;
	if (setrlimit(resource, &wanted) < 0 && errno == EPERM) {
		/* under valgrind a process may not lower its hard limit of descriptors */
		wanted.rlim_max = now.rlim_max;
		must(setrlimit(resource, &wanted), name);
	}
}

static void child_limits(const struct program_spec *spec)
{
	limit(RLIMIT_CORE, 0, 0, "RLIMIT_CORE");
	limit(RLIMIT_NOFILE, spec->max_descriptors ? spec->max_descriptors : 256, 0,
	      "RLIMIT_NOFILE");
	limit(RLIMIT_CPU, spec->max_cpu_s ? spec->max_cpu_s : 60, 1, "RLIMIT_CPU");
	limit(RLIMIT_FSIZE, spec->max_file ? spec->max_file : UINT64_C(64) << 20, 0,
	      "RLIMIT_FSIZE");
}

/* Last: the harness's own memory, which this process still has, may be more than that, and the
 * filters take some. */
static void child_memory(const struct program_spec *spec, const struct jail *jail)
{
	uint64_t most = jail ? jail_memory(jail) : 0;

	if (spec->max_memory && (most == 0 || spec->max_memory < most))
		most = spec->max_memory;
	if (most)
		limit(RLIMIT_AS, most, 0, "RLIMIT_AS");
}

static _Noreturn void exec_failed(int code, const char *path)
{
	struct err err = {0};
	err_sys(&err, code, "execve %s", path);
	launch_say(REPORT_FD, &err);
	_exit(127);
}

static const char *path_list(char *const *env)
{
	for (size_t i = 0; env[i]; i++) {
		if (strncmp(env[i], "PATH=", 5) == 0)
			return env[i] + 5;
	}
	return PATH_DEFAULT;
}

/* As execvpe(3) looks it up, without its way of giving what is no program to a shell. */
static _Noreturn void child_exec(const struct plan *plan)
{
	const char *name = plan->spec->argv[0];
	char *const *argv = (char *const *)plan->spec->argv;
	char path[PATH_MAX];
	int denied = 0;
	if (strchr(name, '/')) {
		execve(name, argv, plan->env);
		exec_failed(errno, name);
	}
	for (const char *folder = path_list(plan->env);;) {
		int n = (int)strcspn(folder, ":");
		snprintf(path, sizeof path, "%.*s%s%s", n, folder, n ? "/" : "./", name);
		execve(path, argv, plan->env);
		if (errno == EACCES)
			denied = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			exec_failed(errno, path);
		if (folder[n] == '\0')
			break;
		folder += n + 1;
	}
	snprintf(path, sizeof path, "%s (in %s)", name, path_list(plan->env));
	exec_failed(denied ? denied : ENOENT, path);
}

/* The harness takes hold of it first: the filter's stops need somebody who looks at them. */
static void child_await_tracer(int go)
{
	char byte;

	while (go >= 0 && read(go, &byte, 1) != 1) {
		if (errno != EINTR)
			_exit(127);
	}
}

static _Noreturn void child_main(const struct plan *plan)
{
	child_await_tracer(plan->go);
	const struct jail *jail = plan->program->jail;
	/* these need descriptors that child_descriptors() closes */
	int grouped = jail ? jail_join(jail) : 0, group_code = errno;
	int joined = setns(plan->program->init_fd, CLONE_NEWNS | CLONE_NEWUTS);
	int code = errno;
	if (joined == 0) {
		joined = setns(host_netns(plan->program->host), CLONE_NEWNET);
		code = errno;
	}
	child_descriptors(plan);
	if (joined < 0)
		give_up(code, "setns into its namespaces", "");
	if (grouped < 0)
		give_up(group_code, "join its cgroup", "");
	child_signals();
	umask(022);
	if (chdir(plan->folder) < 0)
		give_up(errno, "its folder", plan->folder);
	child_limits(plan->spec);
	if (jail)
		must(jail_limits(jail), "its limits in a jail");
	must(confine_process(plan->spec->capabilities, jail), "give up its capabilities");
	if (jail)
		must(jail_filter(jail_refuses_sysv(jail)), "seccomp of its jail");
	if (plan->go >= 0)
		must(trace_filter(), "seccomp");
	child_memory(plan->spec, jail);
	child_exec(plan);
}

/* A fork into the init's pid namespace. The child is noted as soon as there is one, even when what
 * follows fails. */
static int fork_inside(struct program *p, const struct plan *plan, struct err *err)
{
	int r = 0;
	int home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		return err_sys(err, errno, "/proc/self/ns/pid");
	if (setns(p->init_fd, CLONE_NEWPID) < 0) {
		r = err_sys(err, errno, "join its pid namespace");
	} else {
		pid_t child = isolate_raw_clone(0, &p->exit_fd);
		if (child == 0)
			child_main(plan);
		if (child < 0)
			r = err_sys(err, errno, "fork");
		else
			p->pid = child;
		if (setns(home, CLONE_NEWPID) < 0)
			r = err_sys(err, errno, "return to the first pid namespace");
	}
	close(home);
	return r;
}

/* Take hold of the child, then let it go on. When this fails it ends: nobody is left who could. */
static int seize_child(struct program *p, int tell, struct err *err)
{
	if (trace_seize(p, err) < 0)
		return -1;
	if (write(tell, "", 1) != 1)
		return err_sys(err, errno, "let the child go on");
	return 0;
}

static int start_child(struct program *p, const struct plan *plan, int hear, int tell,
                       struct err *err)
{
	struct err said;
	int r = fork_inside(p, plan, err);
	close(plan->report);
	if (r == 0 && tell >= 0)
		r = seize_child(p, tell, err);
	if (tell >= 0)
		close(tell);
	if (r == 0 && tell >= 0)
		r = trace_until_readable(p, hear, err);
	if (r < 0)
		return -1;
	r = launch_hear(hear, &said, err);
	if (r > 0)
		*err = said;
	return r == 0 ? 0 : -1;
}

int launch(struct program *p, const struct program_spec *spec, const struct stdio_ends *theirs,
           struct err *err)
{
	int report[2], go[2] = {-1, -1};
	struct plan plan = {.spec = spec, .program = p, .theirs = theirs, .folder = spec->folder};
	if (spec->traced && trace_open(p, err) < 0)
		return -1;
	if (!plan.folder)
		plan.folder = isolate_scratch() ? isolate_scratch() : "/";
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	if (spec->traced && pipe2(go, O_CLOEXEC) < 0) {
		close(report[0]);
		close(report[1]);
		return err_sys(err, errno, "pipe");
	}
	plan.report = report[1];
	plan.go = go[0];
	plan.env = make_env(spec, plan.folder);
	int r = start_child(p, &plan, report[0], go[1], err);
	close(report[0]);
	if (go[0] >= 0)
		close(go[0]);
	free_env(plan.env);
	return r;
}
