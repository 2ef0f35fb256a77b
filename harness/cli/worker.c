/* SPDX-License-Identifier: MIT */
/* worker.c - see worker.h */
#include "cli/worker.h"
#include "base/clock.h"
#include "base/err.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXTS   5
#define NO_TEXT UINT64_MAX

/* What goes through the pipe, followed by the texts and the expectations; same machine, same
 * executable. */
struct message {
	uint32_t verdict;
	int32_t line;
	/* cppcheck-suppress unusedStructMember */
	uint32_t recorded, nothing; /* 0: no hole, so that every byte that is written has a value */
	int64_t duration;
	uint64_t text[TEXTS]; /* lengths; NO_TEXT: none */
	uint64_t expectations;
};

static void write_all(int fd, const void *p, size_t len)
{
	const char *at = p;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(4); /* the runner is gone: nobody is left to tell */
		at += n;
		len -= (size_t)n;
	}
}

static void send_outcome(int fd, const struct outcome *o)
{
	const char *const text[TEXTS] = {o->reason, o->explanation, o->trace, o->roles, o->ladder};
	struct message m = {.verdict = (uint32_t)o->verdict,
	                    .line = o->line,
	                    .recorded = o->recorded,
	                    .duration = o->duration,
	                    .expectations = o->expectation_count};

	for (size_t i = 0; i < TEXTS; i++)
		m.text[i] = text[i] ? strlen(text[i]) : NO_TEXT;
	write_all(fd, &m, sizeof m);
	for (size_t i = 0; i < TEXTS; i++) {
		if (text[i])
			write_all(fd, text[i], strlen(text[i]));
	}
	write_all(fd, o->expectations, o->expectation_count * sizeof *o->expectations);
}

static void child(int fd, struct script *s, const struct plan_case *c,
                  const struct perform_setting *setting)
{
	struct perform_setting own = *setting;
	struct outcome o = {0};
	struct err err;

	/* SIGINT of a terminal reaches the whole group; it is the runner who decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	own.ends_with_process = !getenv("SOCKPROOF_WHOLE_EXIT");
	own.scratch = isolate_settle(&err);
	if (own.scratch) {
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
                 const struct perform_setting *setting, bool user, struct err *err)
{
	int ends[2];

	*w = (struct worker){.began = clock_now()};
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	w->pid = isolate_fork(user, err);
	if (w->pid < 0) {
		close(ends[0]);
		close(ends[1]);
		w->pid = 0;
		return -1;
	}
	if (w->pid == 0) {
		close(ends[0]);
		child(ends[1], s, c, setting);
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

/* Is the outcome whole? */
static bool parse(const struct buf *in, struct outcome *out)
{
	struct message m;
	const char *at = in->p;
	char *text[TEXTS] = {NULL};
	size_t whole = sizeof m;

	if (in->len < sizeof m)
		return false;
	memcpy(&m, at, sizeof m);
	for (size_t i = 0; i < TEXTS; i++)
		whole += m.text[i] == NO_TEXT ? 0 : m.text[i];
	whole += m.expectations * sizeof *out->expectations;
	if (in->len < whole)
		return false;
	at += sizeof m;
	for (size_t i = 0; i < TEXTS; i++) {
		if (m.text[i] == NO_TEXT)
			continue;
		text[i] = mem_copy(at, m.text[i]);
		at += m.text[i];
	}
	*out = (struct outcome){.verdict = (enum outcome_verdict)m.verdict,
	                        .line = m.line,
	                        .duration = m.duration,
	                        .recorded = m.recorded,
	                        .reason = text[0],
	                        .explanation = text[1],
	                        .trace = text[2],
	                        .roles = text[3],
	                        .ladder = text[4],
	                        .expectation_count = m.expectations};
	if (m.expectations > 0)
		out->expectations = mem_copy(at, m.expectations * sizeof *out->expectations);
	return true;
}

static void died(struct worker *w, struct outcome *out)
{
	int status = 0;

	if (w->pid > 0 && waitpid(w->pid, &status, 0) == w->pid)
		w->pid = 0;
	*out = (struct outcome){
	    .verdict = OUTCOME_ERROR, .trace = mem_text(""), .duration = clock_now() - w->began};
	if (WIFSIGNALED(status))
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

	while ((n = read(w->pipe, piece, sizeof piece)) > 0)
		buf_add(&w->in, piece, (size_t)n);
	if (parse(&w->in, out))
		return 1;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	died(w, out);
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
