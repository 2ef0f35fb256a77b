/* SPDX-License-Identifier: MIT */
/*
 * runner.c - see runner.h
 *
 * Theory. A job is one performance: case i, repetition r. At most `jobs` are under way; a job whose
 * outcome is whole gives its place away at once, while its process still takes its world down (the
 * kernel lets a closing packet socket wait, which costs no CPU); of such leaving processes there
 * may be as many again. Outcomes of a case's repetitions are folded into its slot (repeats.h).
 */
#include "cli/runner.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "cli/repeats.h"
#include "cli/worker.h"
#include "evidence/casedir.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* A case that has no outcome after this long hangs in the harness itself: every wait of a script
 * has a deadline. A scenario that says one of its own means to wait so long, and then for what
 * comes of it, once more. */
#define CASE_LIMIT      (180 * NS_PER_S)
#define CASE_LONG_WAITS 2
#define CASE_STEPS      1000 /* before each of which --pace stands still; no scenario has so many */

/* Processes at once, for each job: one at work, the others leaving. */
#define LEAVING 4

struct slot {
	struct repeats repeats;
	bool unwanted; /* the listener gave it up */
};

struct running {
	struct worker worker;
	size_t slot, repetition;
	char *directory, *command;
};

struct runner {
	struct script *script;
	struct plan_case *const *cases;
	size_t count;
	const struct runner_setting *setting;
	struct slot *slots;
	struct running *running;
	size_t running_count;
	pid_t *leaving;
	size_t leaving_count;
	size_t next_case, next_repetition, reported;
	struct runner_totals *totals;
};

static void reap_leaving(struct runner *r, bool wait)
{
	for (size_t i = 0; i < r->leaving_count;) {
		if (waitpid(r->leaving[i], NULL, wait ? 0 : WNOHANG) == 0) {
			i++;
			continue;
		}
		r->leaving[i] = r->leaving[--r->leaving_count];
	}
}

/* Is there a case to start? Those that nobody wants any more are passed over. */
static bool has_next(struct runner *r)
{
	const struct runner_listener *l = &r->setting->listener;

	for (; r->next_case < r->count; r->next_case++) {
		if (r->next_repetition > 0 || !l->wanted || l->wanted(l->arg, r->next_case))
			return true;
		r->slots[r->next_case].unwanted = true;
	}
	return false;
}

/*
 * The first repetition's evidence is that of the case. A later one's is wanted where it ends in
 * another way than the first, which passed, until there is such a one.
 */
static void choose_directory(const struct runner *r, struct running *job, const struct plan_case *c,
                             const char *out, const char *kernel, struct perform_setting *ps)
{
	static const struct outcome passed = {.verdict = OUTCOME_PASS};
	const struct repeats *so_far = &r->slots[job->slot].repeats;
	const struct run_options *o = r->setting->options;
	char *first;

	if (o->no_out)
		return;
	first = case_directory(c, out, kernel);
	if (job->repetition == 0) {
		casedir_forget(first);
		job->directory = first;
	} else {
		if (so_far->done == 0 ||
		    (so_far->first.verdict == OUTCOME_PASS && so_far->other_number == 0))
			job->directory = casedir_repetition(first, job->repetition + 1);
		ps->like = so_far->done == 0 || so_far->odd > 0 ? &passed : &so_far->first;
		free(first);
	}
	ps->directory = job->directory;
}

static int start_next(struct runner *r, struct err *err)
{
	const struct run_options *o = r->setting->options;
	struct running *job = &r->running[r->running_count];
	const struct plan_case *c = r->cases[r->next_case];
	struct perform_setting ps = {.use_tun = r->setting->use_tun,
	                             .seed = o->seed,
	                             .deadline = o->deadline,
	                             .pace = o->pace,
	                             .overrides = o->overrides,
	                             .override_count = o->override_count,
	                             .ladder = r->setting->ladder,
	                             .goes_on = r->setting->goes_on,
	                             .version = r->setting->version};

	size_t which = r->setting->vm_count > 0 ? r->next_case % r->setting->vm_count : 0;
	struct vm *vm = r->setting->vm_count > 0 ? r->setting->vms[which] : NULL;
	const char *kernel = o->kernel_count > 0 ? o->kernels[which] : NULL;

	*job = (struct running){.slot = r->next_case, .repetition = r->next_repetition};
	job->command =
	    vm || o->against ? case_portable_command(c, o, kernel) : case_command(c, o, kernel);
	const struct runner_listener *l = &r->setting->listener;
	const char *out = o->out;

	if (l->prepare)
		l->prepare(l->arg, job->slot, &ps, &out);
	choose_directory(r, job, c, out, o->kernel_count > 1 ? kernel : NULL, &ps);
	ps.command = job->command;
	if (worker_start(&job->worker, r->script, c, &ps, vm, r->setting->user, err) < 0) {
		free(job->command);
		free(job->directory);
		return -1;
	}
	r->running_count++;
	if (++r->next_repetition == o->repeat) {
		r->next_repetition = 0;
		r->next_case++;
	}
	return 0;
}

static void report_slot(struct runner *r, size_t i)
{
	const struct runner_listener *l = &r->setting->listener;
	struct repeats *all = &r->slots[i].repeats;

	if (r->slots[i].unwanted)
		return;
	all->first.recorded = all->recorded;
	l->result(l->arg, i, r->cases[i], &all->first);
	r->totals->count[all->first.verdict]++;
	repeats_clear(all);
}

static void report_ready(struct runner *r)
{
	for (; r->reported < r->count; r->reported++) {
		const struct slot *s = &r->slots[r->reported];
		if (!s->unwanted && s->repeats.done < r->setting->options->repeat)
			return;
		report_slot(r, r->reported);
	}
}

static int64_t limit_of(const struct runner *r, const struct plan_case *c)
{
	return CASE_LIMIT + (int64_t)(CASE_LONG_WAITS * c->scenario->deadline) * NS_PER_S +
	       CASE_STEPS * r->setting->options->pace;
}

/* A job's process: outcome whole, or dead, or still at work. */
static void look_at(struct runner *r, size_t i)
{
	struct running *job = &r->running[i];
	struct outcome o;
	int state = worker_read(&job->worker, &o);

	int64_t limit = limit_of(r, r->cases[job->slot]);

	if (state == 0 && clock_now() - job->worker.began > limit) {
		worker_kill(&job->worker);
		o = (struct outcome){
		    .verdict = OUTCOME_ERROR,
		    .reason = mem_printf("the case did not end within %lld s and was killed",
		                         (long long)(limit / NS_PER_S)),
		    .trace = mem_text(""),
		    .duration = clock_now() - job->worker.began};
		state = -1;
	}
	if (state == 0)
		return;
	repeats_add(&r->slots[job->slot].repeats, job->repetition, &o, r->setting->options->repeat);
	if (state > 0) {
		/* it has told all it knows: let it leave in its own time */
		r->leaving[r->leaving_count++] = job->worker.pid;
		job->worker.pid = 0;
	}
	worker_finish(&job->worker);
	free(job->command);
	free(job->directory);
	r->running[i] = r->running[--r->running_count];
}

/* Wait until something happened; false: a signal asks to stop. */
static bool wait_for_something(struct runner *r, int signals, struct pollfd *fds)
{
	struct signalfd_siginfo info;
	size_t n = r->running_count;

	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){.fd = r->running[i].worker.pipe, .events = POLLIN};
	fds[n] = (struct pollfd){.fd = signals, .events = POLLIN};
	if (poll(fds, n + 1, 1000) < 0)
		return true; /* EINTR: look again */
	while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo != SIGCHLD)
			return false;
	}
	return true;
}

static void stop_all(struct runner *r)
{
	for (size_t i = 0; i < r->running_count; i++)
		worker_kill(&r->running[i].worker);
	for (size_t i = 0; i < r->running_count; i++) {
		worker_finish(&r->running[i].worker);
		free(r->running[i].command);
		free(r->running[i].directory);
	}
	r->running_count = 0;
}

static void show_progress(struct runner *r)
{
	const struct runner_listener *l = &r->setting->listener;
	char *name;

	if (!l->progress)
		return;
	name = r->running_count > 0 ? case_words(r->cases[r->running[0].slot]) : NULL;
	l->progress(l->arg, r->reported, r->running_count, name ? name : "");
	free(name);
}

static int go(struct runner *r, int signals, struct err *err)
{
	size_t jobs = r->setting->options->jobs;
	struct pollfd *fds = mem_zero(jobs + 1, sizeof *fds);
	int rc = 0;

	while (r->reported < r->count) {
		reap_leaving(r, false);
		while (rc == 0 && r->running_count < jobs &&
		       r->running_count + r->leaving_count < LEAVING * jobs && has_next(r))
			rc = start_next(r, err);
		if (rc < 0)
			break;
		report_ready(r);
		if (r->reported == r->count)
			break;
		show_progress(r);
		if (!wait_for_something(r, signals, fds)) {
			r->totals->interrupted = true;
			break;
		}
		for (size_t i = r->running_count; i-- > 0;)
			look_at(r, i);
		report_ready(r);
	}
	free(fds);
	return rc;
}

int runner_run(struct script *s, struct plan_case *const *cases, size_t count,
               const struct runner_setting *setting, struct runner_totals *totals, struct err *err)
{
	size_t jobs = setting->options->jobs;
	struct runner r = {
	    .script = s, .cases = cases, .count = count, .setting = setting, .totals = totals};
	sigset_t mask, old;
	int signals, rc;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &mask, &old) < 0)
		return err_sys(err, errno, "sigprocmask");
	signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals < 0)
		return err_sys(err, errno, "signalfd");
	r.slots = mem_zero(count, sizeof *r.slots);
	r.running = mem_zero(jobs, sizeof *r.running);
	r.leaving = mem_zero(LEAVING * jobs, sizeof *r.leaving);
	*totals = (struct runner_totals){0};
	rc = go(&r, signals, err);
	stop_all(&r);
	reap_leaving(&r, true);
	for (size_t i = r.reported; i < count; i++)
		repeats_clear(&r.slots[i].repeats);
	free(r.slots);
	free(r.running);
	free(r.leaving);
	close(signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc;
}
