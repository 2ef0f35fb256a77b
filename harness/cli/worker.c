/* SPDX-License-Identifier: MIT */
/* worker.c - see worker.h */
#include "cli/worker.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "vm/vm.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void send_outcome(int fd, const struct outcome *o)
{
	struct buf b = {0};

	outcome_pack(o, &b);
	if (file_write_all(fd, b.p, b.len) < 0)
		_exit(4); /* the runner is gone: nobody is left to tell */
	buf_free(&b);
}

static void child(int fd, struct script *s, const struct plan_case *c,
                  const struct perform_setting *setting, struct vm *vm)
{
	struct perform_setting own = *setting;
	struct outcome o = {0};
	struct err err;

	/* SIGINT of a terminal reaches the whole group; it is the runner who decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	own.ends_with_process = !getenv("SOCKPROOF_WHOLE_EXIT");
	if (vm) {
		vm_perform(vm, s, c, &own, &o);
	} else if ((own.scratch = isolate_settle(&err)) != NULL) {
		script_perform(s, c, &own, &o);
	} else {
		o = (struct outcome){
		    .verdict = OUTCOME_ERROR, .reason = mem_text(err.text), .trace = mem_text("")};
	}
	send_outcome(fd, &o);
	outcome_free(&o);
	/* a leak or a bad access in a case is looked for by the tests, under valgrind and the
	 * sanitizers: let them see a whole exit */
	if (getenv("SOCKPROOF_WHOLE_EXIT")) {
		script_close(&s);
		exit(0);
	}
	_exit(0);
}

int worker_start(struct worker *w, struct script *s, const struct plan_case *c,
                 const struct perform_setting *setting, struct vm *vm, bool user, struct err *err)
{
	int ends[2];

	*w = (struct worker){.began = clock_now()};
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	/* a guest needs no namespaces; its process must die with this one all the same */
	w->pid = vm ? isolate_clone(0, NULL, err) : isolate_fork(user, err);
	if (w->pid < 0) {
		close(ends[0]);
		close(ends[1]);
		w->pid = 0;
		return -1;
	}
	if (w->pid == 0) {
		close(ends[0]);
		child(ends[1], s, c, setting, vm);
	}
	close(ends[1]);
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
		err_sys(err, errno, "pipe");
		w->pipe = ends[0];
		worker_kill(w);
		worker_finish(w);
		return -1;
	}
	w->pipe = ends[0];
	return 0;
}

/* nonsense: it wrote what is no outcome. */
static void died(struct worker *w, bool nonsense, struct outcome *out)
{
	int status = 0;

	/* it may live: a pipe that has ended, or holds nonsense, is no proof of its end. What is
	 * ending by itself keeps the status that it has. */
	worker_kill(w);
	if (w->pid > 0 && waitpid(w->pid, &status, 0) == w->pid)
		w->pid = 0;
	*out = (struct outcome){
	    .verdict = OUTCOME_ERROR, .trace = mem_text(""), .duration = clock_now() - w->began};
	if (nonsense)
		out->reason =
		    mem_text("the harness's process of this case wrote what is no verdict, "
		             "and was killed");
	else if (WIFSIGNALED(status))
		out->reason =
		    mem_printf("the harness's process of this case was killed by signal %d (%s)",
		               WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		out->reason = mem_printf("the harness's process of this case ended with status %d "
		                         "before it had a verdict",
		                         WEXITSTATUS(status));
}

int worker_read(struct worker *w, struct outcome *out)
{
	char piece[65536];
	ssize_t n;
	int state;

	while ((n = read(w->pipe, piece, sizeof piece)) > 0)
		buf_add(&w->in, piece, (size_t)n);
	state = outcome_unpack(w->in.p, w->in.len, out);
	if (state > 0)
		return 1;
	if (state == 0 && n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	died(w, state < 0, out);
	return -1;
}

void worker_kill(struct worker *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
}

void worker_finish(struct worker *w)
{
	if (w->pid > 0) {
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
		w->pid = 0;
	}
	close(w->pipe);
	buf_free(&w->in);
}
