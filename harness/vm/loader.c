/* SPDX-License-Identifier: MIT */
/*
 * loader.c - the dynamic loader, asked what a program loads: ld.so --list PROGRAM
 *
 * The program may be hostile, and may name any file as its loader: only one that lies where the
 * system keeps its own is run. It maps the program but does not run it. An ELF file that breaks the
 * loader itself is met by a filter: it may read files, write to our pipe, and nothing else.
 *
 * The environment is empty, as it is in a guest: $LD_LIBRARY_PATH of who started the harness is
 * nothing to a case.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "vm/closure_own.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)1 << 20)
#define CACHE      "/etc/ld.so.cache"

struct answer {
	struct buf text; /* what it printed */
	int status;      /* of waitpid(2) */
};

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* A dynamic loader of the system: by its name, and in a folder that only the system's owner fills.
 * musl's is a link to a library of another name. */
static bool of_the_system(const char *loader, const char *real)
{
	static const char *const folders[] = {"/lib", "/usr/", "/nix/store/", "/gnu/store/"};
	const char *slash = strrchr(loader, '/');
	struct stat st;

	if (!slash || (!begins(slash, "/ld-") && !begins(slash, "/ld.so")))
		return false;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		if (begins(real, folders[i]))
			return stat(real, &st) == 0 && S_ISREG(st.st_mode);
	}
	return false;
}

static int check_loader(const char *loader, const char *program, struct err *err)
{
	char *real = *loader == '/' ? realpath(loader, NULL) : NULL;
	struct buf shown = {0};
	int r = 0;

	if (!real || !of_the_system(loader, real)) {
		text_escape(&shown, loader, strlen(loader), 200);
		err_set(err, ENOEXEC, "%s asks for the dynamic loader %s, which is %s", program,
		        buf_text(&shown), real ? "none of the system's" : "not there");
		r = CANNOT;
	}
	buf_free(&shown);
	free(real);
	return r;
}

/* What a loader does to list: glibc's and musl's. Anything else fails with ENOSYS. */
static int filter(void)
{
	static const int calls[] = {
	    SCMP_SYS(execve),
	    SCMP_SYS(brk),
	    SCMP_SYS(access),
	    SCMP_SYS(fstat),
	    SCMP_SYS(newfstatat),
	    SCMP_SYS(stat),
	    SCMP_SYS(statx),
	    SCMP_SYS(read),
	    SCMP_SYS(pread64),
	    SCMP_SYS(readv),
	    SCMP_SYS(lseek),
	    SCMP_SYS(mmap),
	    SCMP_SYS(mremap),
	    SCMP_SYS(munmap),
	    SCMP_SYS(mprotect),
	    SCMP_SYS(madvise),
	    SCMP_SYS(close),
	    SCMP_SYS(fcntl),
	    SCMP_SYS(futex),
	    SCMP_SYS(arch_prctl),
	    SCMP_SYS(set_tid_address),
	    SCMP_SYS(set_robust_list),
	    SCMP_SYS(rseq),
	    SCMP_SYS(prlimit64),
	    SCMP_SYS(uname),
	    SCMP_SYS(getrandom),
	    SCMP_SYS(getpid),
	    SCMP_SYS(readlink),
	    SCMP_SYS(getcwd),
	    SCMP_SYS(write),
	    SCMP_SYS(writev),
	    SCMP_SYS(exit),
	    SCMP_SYS(exit_group),
	    /* and what valgrind does before it lets us exec */
	    SCMP_SYS(rt_sigprocmask),
	    SCMP_SYS(rt_sigaction),
	    SCMP_SYS(gettid),
	    SCMP_SYS(getrlimit),
	    SCMP_SYS(setrlimit),
	};
	const scmp_datum_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r = f ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sizeof calls / sizeof *calls; i++)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
		                     SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY));
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		                     SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY));
	if (r == 0)
		r = seccomp_load(f);
	if (f)
		seccomp_release(f);
	errno = -r;
	return r < 0 ? -1 : 0;
}

/* What went wrong before exec is told as a line of output, with a status of its own. */
static _Noreturn void give_up(const char *step)
{
	const char *why = strerror(errno);

	if (write(1, step, strlen(step)) < 0 || write(1, ": ", 2) < 0 ||
	    write(1, why, strlen(why)) < 0)
		_exit(126);
	_exit(125);
}

static _Noreturn void child(const char *const *argv, int out)
{
	static char *const no_environment[] = {NULL};
	const struct rlimit cpu = {.rlim_cur = 20, .rlim_max = 20}, none = {0};
	sigset_t no_signals;
	int null;

	if (dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, 0) < 0)
		give_up("/dev/null");
	if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0)
		give_up("close_range");
	/* a file that it finds may be a FIFO, and then nothing ever opens it */
	signal(SIGALRM, SIG_DFL);
	sigemptyset(&no_signals);
	sigprocmask(SIG_SETMASK, &no_signals, NULL);
	alarm(60);
	if (setrlimit(RLIMIT_CPU, &cpu) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		give_up("setrlimit");
	if (filter() < 0)
		give_up("seccomp");
	execve(argv[0], (char *const *)argv, no_environment);
	give_up(argv[0]);
}

static int read_answer(int fd, struct buf *text, struct err *err)
{
	char part[4096];
	ssize_t n;

	do {
		n = read(fd, part, sizeof part);
		if (n > 0)
			buf_add(text, part, (size_t)n);
	} while ((n > 0 && text->len <= OUTPUT_MAX) || (n < 0 && errno == EINTR));
	return n < 0 ? err_sys(err, errno, "read from the dynamic loader") : 0;
}

static int ask(const char *const *argv, struct answer *a, struct err *err)
{
	int ends[2], r;
	pid_t pid, ended;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	pid = fork();
	if (pid == 0)
		child(argv, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		r = err_sys(err, errno, "fork");
		close(ends[0]);
		return r;
	}
	r = read_answer(ends[0], &a->text, err);
	close(ends[0]);
	do
		ended = waitpid(pid, &a->status, 0);
	while (ended < 0 && errno == EINTR);
	if (r == 0 && ended < 0)
		r = err_sys(err, errno, "wait for the dynamic loader");
	if (r == 0 && WIFEXITED(a->status) &&
	    (WEXITSTATUS(a->status) == 125 || WEXITSTATUS(a->status) == 126))
		r = err_set(err, EIO, "start the dynamic loader %s: %s", argv[0],
		            buf_text(&a->text));
	return r;
}

/* The path in "\tNAME => PATH (0xADDRESS)" or "\tPATH (0xADDRESS)"; NULL when there is none, as in
 * "\tlinux-vdso.so.1 (0xADDRESS)". It ends where *@end is. */
static char *path_in(char *line, char **end)
{
	char *arrow = strstr(line, " => "), *path = arrow ? arrow + 4 : line;

	path += strspn(path, "\t");
	*end = NULL;
	for (char *next = path; (next = strstr(next, " (0x")); next++)
		*end = next;
	return *path == '/' && *end ? path : NULL;
}

static int missing(const char *program, const char *name, size_t len, struct err *err)
{
	struct buf shown = {0};

	text_escape(&shown, name, len, 200);
	err_set(err, ENOENT, "%s needs %s, which is not there", program, buf_text(&shown));
	buf_free(&shown);
	return CANNOT;
}

/* The library that is missing by what a loader says of it, and the name's length; NULL: it is
 * another complaint. */
static const char *missing_in(const char *line, size_t *len)
{
	static const char *const words[][2] = {
	    {"error while loading shared libraries: ",
	     ": cannot open shared object file"},                /* glibc */
	    {"Error loading shared library ", ": No such file"}, /* musl */
	    {"\t", " => not found"},                             /* glibc, where it goes on */
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *name = strstr(line, words[i][0]), *end;
		if (!name)
			continue;
		name += strlen(words[i][0]);
		end = strstr(name, words[i][1]);
		if (end) {
			*len = (size_t)(end - name);
			return name;
		}
	}
	return NULL;
}

static int refused(const char *program, const struct answer *a, struct err *err)
{
	struct buf shown = {0};

	text_escape(&shown, buf_text(&a->text), strcspn(buf_text(&a->text), "\n"), 500);
	if (shown.len == 0 || WIFSIGNALED(a->status))
		buf_printf(&shown, "%sits dynamic loader ended by %s %d", shown.len ? ": " : "",
		           WIFSIGNALED(a->status) ? "signal" : "itself, with status",
		           WIFSIGNALED(a->status) ? WTERMSIG(a->status) : WEXITSTATUS(a->status));
	err_set(err, ENOEXEC, "%s cannot be loaded: %s", program, buf_text(&shown));
	buf_free(&shown);
	return CANNOT;
}

static int parse(const char *program, struct answer *a, struct buf *paths, struct err *err)
{
	char *rest = NULL, *end;

	if (!a->text.p || memchr(a->text.p, '\0', a->text.len) || a->text.len > OUTPUT_MAX)
		return refused(program, a, err);
	char *copy = mem_copy(a->text.p, a->text.len);
	int r = 0;
	for (char *line = strtok_r(copy, "\n", &rest); r == 0 && line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t len;
		const char *name = missing_in(line, &len);
		char *path = path_in(line, &end);
		if (name) {
			r = missing(program, name, len, err);
		} else if (path) {
			buf_add(paths, path, (size_t)(end - path));
			buf_add(paths, "", 1);
		}
	}
	free(copy);
	if (r == 0 && (!WIFEXITED(a->status) || WEXITSTATUS(a->status) != 0))
		return refused(program, a, err);
	return r;
}

static int list(const char *const *argv, const char *program, struct buf *paths, struct err *err)
{
	struct answer a = {0};
	int r = ask(argv, &a, err);

	if (r == 0)
		r = parse(program, &a, paths, err);
	buf_free(&a.text);
	return r;
}

/* Every one of @paths in a folder where loaders look without being told? */
static bool in_default_folders(const struct buf *paths)
{
	static const char *const folders[] = {"/lib/x86_64-linux-gnu/",
	                                      "/usr/lib/x86_64-linux-gnu/",
	                                      "/lib64/",
	                                      "/usr/lib64/",
	                                      "/lib/",
	                                      "/usr/lib/"};

	for (size_t at = 0; at < paths->len; at += strlen(paths->p + at) + 1) {
		const char *path = paths->p + at, *slash = strrchr(path, '/');
		bool found = false;
		for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
			found = found || (begins(path, folders[i]) &&
			                  strlen(folders[i]) == (size_t)(slash - path) + 1);
		if (!found)
			return false;
	}
	return true;
}

/*
 * A library in a folder of ld.so.conf(5) is found through the cache of ldconfig(8) only, and then a
 * guest needs the cache too. Not always: what is in it depends on what else is installed here.
 */
static int add_cache(const char *loader, const char *program, struct buf *paths, struct err *err)
{
	const char *const argv[] = {loader, "--inhibit-cache", "--list", program, NULL};
	struct buf without = {0};

	if (in_default_folders(paths) || access(CACHE, R_OK) < 0)
		return 0;
	int r = list(argv, program, &without, err);
	if (r == CANNOT ||
	    (r == 0 && (without.len != paths->len ||
	                memcmp(buf_text(&without), buf_text(paths), paths->len) != 0))) {
		buf_add(paths, CACHE, sizeof CACHE);
		r = 0;
	}
	buf_free(&without);
	return r;
}

int loader_list(const char *loader, const char *program, struct buf *paths, struct err *err)
{
	const char *const argv[] = {loader, "--list", program, NULL};

	int r = check_loader(loader, program, err);

	if (r == 0)
		r = list(argv, program, paths, err);
	return r == 0 ? add_cache(loader, program, paths, err) : r;
}
