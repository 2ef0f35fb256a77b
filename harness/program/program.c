/* SPDX-License-Identifier: MIT */
/*
 * program.c - a program's life: started, exited, closed
 */
#include "program/program.h"
#include "base/err.h"
#include "base/loop.h"
#include "evidence/timeline.h"
#include "program/program_own.h"
#include "world/host.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int reap(struct program *p, struct err *err)
{
	pid_t r;
	do /* its tracer is told of stops too */
		r = wait4(p->pid, &p->status, 0, &p->usage);
	while (r < 0 ? errno == EINTR : WIFSTOPPED(p->status));
	if (r < 0)
		return err_sys(err, errno, "wait for %s", p->name);
	p->exited = true;
	return 0;
}

/* The pidfd is readable: what it wrote comes before the news of its exit. */
static int on_exit_ready(void *arg, uint32_t events, struct err *err)
{
	struct program *p = arg;
	struct buf words = {0};
	(void)events;
	loop_remove(p->loop, &p->exit_watch);
	if (stdio_drain(p, err) < 0 || reap(p, err) < 0)
		return -1;
	close(p->exit_fd);
	p->exit_fd = -1;
	program_status_text(p->status, &words);
	timeline_add(p->tl, EVENT_PROGRAM, p->name, 0, "%s", buf_text(&words));
	buf_free(&words);
	return 0;
}

static struct program *new_program(const struct program_spec *spec, struct host *host,
                                   struct loop *loop, struct timeline *tl)
{
	struct program *p = mem_zero(1, sizeof *p);
	p->name = mem_text(spec->name);
	p->line = spec->line;
	p->terminal = spec->terminal;
	p->max_output = spec->max_output ? spec->max_output : UINT64_C(4) << 20;
	p->host = host;
	p->loop = loop;
	p->tl = tl;
	p->init_fd = p->exit_fd = p->in.fd = p->account = -1;
	for (int i = 0; i < 2; i++) {
		p->out[i].program = p;
		p->out[i].number = i + 1;
		p->out[i].fd = -1;
	}
	return p;
}

static void note_start(const struct program *p, const struct program_spec *spec)
{
	const char *program = spec->program ? spec->program : spec->argv[0];
	struct buf words = {0};
	if (strchr(program, '/'))
		timeline_add_place(p->tl, program);
	for (int i = 0; spec->argv[i]; i++)
		buf_printf(&words, "%s%s", i ? " " : "", spec->argv[i]);
	timeline_add(p->tl, EVENT_PROGRAM, p->name, p->line, "started: %s", buf_text(&words))
	    ->host = timeline_host_named(p->tl, host_name(p->host));
	buf_free(&words);
}

struct program *program_start(const struct program_spec *spec, struct host *host, struct loop *loop,
                              struct timeline *tl, struct err *err)
{
	struct stdio_ends theirs = {.fd = {-1, -1, -1}};
	struct program *p = new_program(spec, host, loop, tl);
	bool ok = spec->argv && spec->argv[0];
	if (!ok)
		err_set(err, EINVAL, "no command");
	if (ok && spec->jail && spec->capabilities) {
		err_set(err, EINVAL,
		        "a submission runs without capabilities: grade it by a scenario that gives "
		        "its program none");
		ok = false;
	}
	ok = ok && (!spec->jail || jail_open(p, spec->jail, err) == 0);
	ok = ok && init_start(p, err) == 0 && stdio_open(p, &theirs, err) == 0;
	ok = ok && launch(p, spec, &theirs, err) == 0;
	stdio_close_theirs(&theirs);
	if (ok) {
		/* first of its events, whatever it has already written */
		p->started = true;
		note_start(p, spec);
		if (p->trace)
			trace_started(p);
		p->exit_watch = loop_add(loop, p->exit_fd, EPOLLIN, on_exit_ready, p, err);
		ok = p->exit_watch && stdio_watch(p, err) == 0;
	}
	if (!ok) {
		err_wrap(err, "start %s", spec->name);
		program_close(&p);
	}
	return p;
}

static void end_all(struct program *p)
{
	struct err ignored;
	if (p->init <= 0)
		return;
	/* The end of a namespace's init is the end of all in it (pid_namespaces(7)); it waits until
	 * we have reaped ours. */
	kill(p->init, SIGKILL);
	if (p->trace)
		trace_end(p);
	if (p->pid > 0 && !p->exited && reap(p, &ignored) == 0 && p->started)
		timeline_add(p->tl, EVENT_PROGRAM, p->name, 0, "ended by the harness");
	while (waitpid(p->init, NULL, 0) < 0 && errno == EINTR)
		;
}

void program_close(struct program **pp)
{
	struct program *p = *pp;
	struct err ignored;
	if (!p)
		return;
	loop_remove(p->loop, &p->exit_watch);
	end_all(p);
	stdio_drain(p, &ignored);
	stdio_close(p);
	if (p->exit_fd >= 0)
		close(p->exit_fd);
	if (p->init_fd >= 0)
		close(p->init_fd);
	account_close(p);
	trace_close(p);
	jail_close(p);
	free(p->name);
	free(p);
	*pp = NULL;
}

const char *program_name(const struct program *p)
{
	return p->name;
}

struct host *program_host(const struct program *p)
{
	return p->host;
}

pid_t program_pid(const struct program *p)
{
	return p->pid;
}

bool program_exited(const struct program *p, int *status)
{
	if (p->exited && status)
		*status = p->status;
	return p->exited;
}

void program_status_text(int status, struct buf *out)
{
	if (WIFEXITED(status)) {
		buf_printf(out, "exited with %d", WEXITSTATUS(status));
	} else if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));
		if (name)
			buf_printf(out, "killed by SIG%s", name);
		else
			buf_printf(out, "killed by signal %d", WTERMSIG(status));
	} else {
		buf_printf(out, "status 0x%x", (unsigned)status);
	}
}

const struct buf *program_output(const struct program *p, int stream)
{
	return &p->out[stream == 2].kept;
}

uint64_t program_output_total(const struct program *p, int stream)
{
	return p->out[stream == 2].total;
}

bool program_output_closed(const struct program *p, int stream)
{
	return p->out[stream == 2].fd < 0;
}
