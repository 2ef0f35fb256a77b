/* SPDX-License-Identifier: MIT */
/* run.c - `sockproof run`: from files to cases to results */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/live.h"
#include "cli/against.h"
#include "cli/cli.h"
#include "cli/kernels.h"
#include "cli/runner.h"
#include "evidence/casedir.h"
#include "report/html.h"
#include "report/report.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

struct run {
	struct run_options options;
	struct guests guests;
	struct places places;
	struct discovery found;
	struct script *script;
	struct plan_case **cases;
	size_t count;
	char *command; /* this run, as it was typed */
};

static bool tagged(const struct scenario *sc, const char *tag)
{
	for (size_t i = 0; i < sc->tag_count; i++) {
		if (strcmp(sc->tags[i], tag) == 0)
			return true;
	}
	return false;
}

static bool has_words(const struct plan_case *c, const char *words)
{
	char *own = case_words(c), *copy = mem_text(words), *rest = copy, *word;
	bool all = true;

	while ((word = strsep(&rest, " ")) != NULL)
		all = all && strstr(own, word) != NULL;
	free(copy);
	free(own);
	return all;
}

static bool wanted(const struct run_options *o, const struct plan_case *c)
{
	if (o->words && !has_words(c, o->words))
		return false;
	if (tagged(c->scenario, "timers") && !o->slow && !o->virtual_clock)
		return false;
	for (size_t i = 0; i < o->narrowing_count; i++) {
		if (!case_has(c, o->narrowings[i].name, o->narrowings[i].value))
			return false;
	}
	return true;
}

/* Every file is read before anything runs: a mistake in the last one must not cost the run. */
static int load_and_plan(struct run *r)
{
	bool bad = false, contract_used;
	struct err err;

	for (size_t i = 0; i < r->found.count; i++) {
		size_t before = r->count;
		struct scenario *sc =
		    script_load(r->script, r->found.list[i].path, r->found.list[i].name,
		                r->places.root, r->places.exe_folder, &err);

		if (!sc || script_plan(r->script, sc, r->options.overrides,
		                       r->options.override_count, &r->cases, &r->count, &err) < 0) {
			cli_complain(EXIT_USAGE, "%s", err.text);
			bad = true;
		}
		/* a reference is of the first case of a plan */
		if (r->options.against && r->count > before + 1)
			r->count = before + 1;
	}
	if (bad)
		return EXIT_USAGE;
	for (size_t i = 0; i < r->options.override_count; i++) {
		contract_used = false;
		for (size_t k = 0; k < r->count; k++)
			contract_used =
			    contract_used || (r->cases[k]->scenario->contract &&
			                      strcmp(r->cases[k]->scenario->contract,
			                             r->options.overrides[i].contract) == 0);
		if (!contract_used)
			return cli_complain(EXIT_USAGE,
			                    "--impl %s: none of these scenarios has that contract",
			                    r->options.overrides[i].contract);
	}
	return -1;
}

/* With --impl, scenarios of other contracts, and of none, do not concern the program. */
static bool concerns(const struct run_options *o, const struct plan_case *c)
{
	if (o->override_count == 0)
		return true;
	for (size_t i = 0; i < o->override_count; i++) {
		if (c->scenario->contract &&
		    strcmp(c->scenario->contract, o->overrides[i].contract) == 0)
			return true;
	}
	return false;
}

static int narrow(struct run *r)
{
	size_t kept = 0, timers = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (wanted(&r->options, r->cases[i]) && concerns(&r->options, r->cases[i]))
			r->cases[kept++] = r->cases[i];
		else
			timers += tagged(r->cases[i]->scenario, "timers");
	}
	r->count = kept;
	if (kept > 0)
		return -1;
	if (timers > 0)
		return cli_complain(
		    EXIT_USAGE, "these cases wait for long kernel timers; add --slow to run them");
	return cli_complain(
	    EXIT_USAGE, "no case fits -k and --set; sockproof list and show name what there is");
}

/* Can the out folder be written to? Better to know before the work than after. */
static int check_out(const struct run_options *o)
{
	struct err err;

	if (o->no_out)
		return -1;
	if (mkdir(o->out, 0777) < 0 && errno != EEXIST)
		return cli_complain(EXIT_USAGE,
		                    "--out %s: %s; name a folder that can be made, or --no-out",
		                    o->out, strerror(errno));
	if (access(o->out, W_OK | X_OK) < 0)
		return cli_complain(
		    EXIT_USAGE, "--out %s: %s; name a folder that can be written to, or --no-out",
		    o->out, strerror(errno));
	if (!o->no_report && html_place(o->out, &err) < 0)
		return cli_complain(EXIT_USAGE, "--out %s: %s; name another folder, or --no-report",
		                    o->out, err.text);
	casedir_sweep(o->out);
	return -1;
}

/* What the runner tells, in the report. */
struct teller {
	const struct run_options *options;
	struct report *report;
	struct html *html; /* NULL: none is wanted */
	const struct guests *guests;
	struct kernels *kernels; /* NULL: not several */
	struct against *against; /* NULL: not asked for */
};

static void tell(void *arg, size_t index, const struct plan_case *c, const struct outcome *o)
{
	const struct teller *t = arg;
	size_t which = t->guests->count > 0 ? index % t->guests->count : 0;
	bool several = t->guests->count > 1;
	const char *kernel = t->options->kernel_count > 0 ? t->options->kernels[which] : NULL;
	char *command = case_command(c, t->options, kernel);
	if (o->unsteady) { /* once may show nothing */
		char *often = mem_printf("%s --repeat %zu", command, t->options->repeat);
		free(command);
		command = often;
	}
	char *directory = o->recorded ? case_directory(c, t->options->out, several ? kernel : NULL)
	                              : mem_text("");
	if (o->shown > 0) {
		char *own = casedir_repetition(directory, o->shown);
		free(directory);
		directory = own;
	}
	struct result_parameter *parameters = case_parameters(c, several);
	struct result result = {.scenario = c->scenario->name,
	                        .title = c->scenario->title,
	                        .parameters = parameters,
	                        .parameter_count = c->parameter_count + several,
	                        .implementation = c->implementation,
	                        .verdict = (enum verdict)o->verdict,
	                        .reason = o->reason,
	                        .explanation = o->explanation,
	                        .file = c->scenario->path,
	                        .line = o->line,
	                        .duration = o->duration,
	                        .directory = directory,
	                        .command = command,
	                        .why = c->scenario->why,
	                        .source = c->scenario->source,
	                        .unsteady = o->unsteady};

	if (several)
		parameters[c->parameter_count] =
		    (struct result_parameter){.name = "kernel", .value = kernel};
	report_result(t->report, &result);
	if (t->html)
		html_result(t->html, &result);
	if (several)
		kernels_take(t->kernels, which, c, o, directory);
	if (t->against)
		against_take(t->against, c, o, directory);
	free(parameters);
	free(directory);
	free(command);
}

static void tell_progress(void *arg, size_t done, size_t running, const char *name)
{
	const struct teller *t = arg;

	report_progress(t->report, done, running, name);
}

static size_t terminal_columns(void)
{
	struct winsize size = {0};

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int exit_status(const struct runner_totals *t)
{
	if (t->interrupted)
		return 130; /* as a shell says of SIGINT */
	if (t->count[OUTCOME_ERROR] > 0)
		return EXIT_ERRED;
	return t->count[OUTCOME_FAIL] > 0 ? EXIT_FAILED : EXIT_PASSED;
}

/* "6.1.0-50-cloud-amd64, 6.12.95+deb12-cloud-amd64" */
static void list_kernels(const struct guests *g, struct buf *out)
{
	struct utsname u = {0};

	for (size_t i = 0; i < g->count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", g->releases[i]);
	if (g->count > 0)
		return;
	uname(&u);
	buf_str(out, u.release);
}

/* To read now, and to keep as OUT/@name. Returns -1 to go on, or the exit status. */
static int tell_text(const struct run *r, const struct buf *text, const char *name)
{
	int status = -1;

	if (r->options.format == REPORT_PRETTY)
		printf("\n%s", buf_text(text));
	if (!r->options.no_out) {
		char *path = mem_printf("%s/%s", r->options.out, name);
		FILE *f = fopen(path, "we");

		if (!f || fputs(buf_text(text), f) < 0 || fclose(f) != 0)
			status = cli_complain(EXIT_ERRED, "%s: %s", path, strerror(errno));
		free(path);
	}
	return status;
}

/* Where the kernels differ. */
static int tell_kernels(const struct run *r, const struct kernels *k)
{
	struct buf text = {0};
	int status;

	if (!k)
		return -1;
	kernels_text(k, &text);
	status = tell_text(r, &text, "kernels.txt");
	buf_free(&text);
	return status;
}

/* Where cases part from their references. */
static int tell_against(const struct run *r, struct against *a)
{
	const struct run_options *o = &r->options;
	struct buf text = {0};
	int status, told;

	if (!a)
		return -1;
	if (o->path_count == 0 && !o->words && o->narrowing_count == 0 && o->override_count == 0)
		against_stale(a, &r->found);
	status = against_finish(a);
	against_text(a, &text);
	told = tell_text(r, &text, "against.txt");
	buf_free(&text);
	return told >= 0 ? told : status;
}

/* The page for a browser, and where it is. Returns -1, or the exit status when it cannot be
 * written. */
static int tell_html(const struct run *r, struct html *html, const struct report_totals *sums)
{
	struct err err;
	char *path;

	if (!html)
		return -1;
	path = html_finish(html, sums, &err);
	if (!path)
		return cli_complain(EXIT_ERRED,
		                    "the page could not be written: %s; mend that, or run with "
		                    "--no-report",
		                    err.text);
	if (r->options.format == REPORT_PRETTY)
		printf("to look at: %s\n", path);
	free(path);
	return -1;
}

static int play(struct run *r, struct runner_setting *setting)
{
	struct buf kernels = {0};
	bool terminal = isatty(STDOUT_FILENO);
	struct report_setting rs = {.out = stdout,
	                            .terminal = terminal,
	                            .color = terminal && !getenv("NO_COLOR"),
	                            .version = SOCKPROOF_VERSION,
	                            .cases = r->count,
	                            .repeat = r->options.repeat,
	                            .columns = terminal_columns(),
	                            .verbose = r->options.verbose};
	struct teller teller = {.options = &r->options, .guests = &r->guests};
	struct runner_totals totals;
	struct report_totals sums = {0};
	int64_t began = clock_now();
	struct err err;
	int rc, status, told;

	struct html_setting page = {.out = r->options.out,
	                            .version = SOCKPROOF_VERSION,
	                            .libpcap = live_library(),
	                            .clock = r->options.virtual_clock ? "virtual" : "real",
	                            .command = r->command,
	                            .repeat = r->options.repeat,
	                            .threads = cli_cores()};

	list_kernels(&r->guests, &kernels);
	rs.kernel = page.kernel = buf_text(&kernels);
	if (r->guests.count > 1)
		teller.kernels = kernels_open(r->guests.releases, r->guests.count);
	if (r->options.against)
		teller.against = against_open(r->options.against, r->options.accept);
	teller.report = report_open((enum report_format)r->options.format, &rs, &err);
	if (!teller.report) {
		against_close(&teller.against);
		kernels_close(&teller.kernels);
		buf_free(&kernels);
		return cli_complain(EXIT_ERRED, "%s", err.text);
	}
	if (!r->options.no_out && !r->options.no_report)
		teller.html = html_open(&page);
	setting->listener =
	    (struct runner_listener){.result = tell, .progress = tell_progress, .arg = &teller};
	rc = runner_run(r->script, r->cases, r->count, setting, &totals, &err);
	for (int i = 0; i < 4; i++)
		sums.count[i] = totals.count[i];
	sums.duration = clock_now() - began;
	status = exit_status(&totals);
	if (rc < 0)
		status = cli_complain(EXIT_ERRED, "%s", err.text);
	if (report_finish(teller.report, &sums, &err) < 0)
		status = cli_complain(EXIT_ERRED, "the report could not be written: %s", err.text);
	report_close(&teller.report);
	told = tell_kernels(r, teller.kernels);
	status = told >= 0 ? told : status;
	told = tell_against(r, teller.against);
	status = told > status ? told : status;
	told = tell_html(r, teller.html, &sums);
	status = told > status ? told : status;
	html_close(&teller.html);
	kernels_close(&teller.kernels);
	against_close(&teller.against);
	buf_free(&kernels);
	if (totals.interrupted)
		cli_complain(EXIT_ERRED, "interrupted; what is shown is what was done");
	return status;
}

/* Case 0 on each kernel, then case 1: what is to be compared comes together. */
static void each_on_every_kernel(struct run *r)
{
	size_t n = r->guests.count;
	struct plan_case **all;

	if (n < 2)
		return;
	all = mem_zero(r->count * n, sizeof *all);
	for (size_t i = 0; i < r->count * n; i++)
		all[i] = r->cases[i / n];
	free(r->cases);
	r->cases = all;
	r->count *= n;
}

static int run(struct run *r)
{
	struct runner_setting setting = {.options = &r->options, .version = SOCKPROOF_VERSION};
	struct err err;
	int status;

	if (places_find(&r->places, &err) < 0)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if (discover(&r->found, r->options.paths, r->options.path_count, &r->places, &err) < 0)
		return cli_complain(EXIT_USAGE, "%s", err.text);
	r->script = script_open(&err);
	if (!r->script)
		return cli_complain(EXIT_ERRED, "%s", err.text);
	if ((status = load_and_plan(r)) >= 0 || (status = narrow(r)) >= 0 ||
	    (status = check_out(&r->options)) >= 0 ||
	    (status = r->options.virtual_clock ? guests_open(&r->guests, &r->options)
	                                       : runner_machine(&setting)) >= 0)
		return status;
	setting.vms = r->guests.vms;
	setting.vm_count = r->guests.count;
	each_on_every_kernel(r);
	return play(r, &setting);
}

int cli_run(int argc, char **argv)
{
	struct run r = {.command = cli_typed(argc, argv)};
	int status = run_options_read(&r.options, argc, argv);

	if (status < 0)
		status = run(&r);
	guests_close(&r.guests);
	free(r.cases);
	script_close(&r.script);
	discovery_free(&r.found);
	places_free(&r.places);
	run_options_free(&r.options);
	free(r.command);
	return status;
}
