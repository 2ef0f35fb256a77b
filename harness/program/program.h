/* SPDX-License-Identifier: MIT */
/*
 * program.h - a real program, launched in a host, in a pid namespace of its own
 *
 * Theory. For each program a small init (a fork of the harness that only reaps) opens a pid
 * namespace; the program is a direct child of the harness inside it, so its exit status comes from
 * waitid(2), and killing the init kills whatever the program left behind. The init dies with the
 * harness. stdin, stdout and stderr are pipes, or one pseudo-terminal for stdin and stdout: an
 * ordinary one, but without echo and without CR before LF. Output becomes timeline events as it
 * comes; order between stdout and stderr is the order of reading. One thread owns a program and its
 * loop.
 */
#ifndef SOCKPROOF_PROGRAM_PROGRAM_H
#define SOCKPROOF_PROGRAM_PROGRAM_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct host;
struct loop;
struct timeline;
struct program; /* opaque: program.c */

struct program_spec {
	const char *name;         /* on the timeline */
	const char *const *argv;  /* NULL-terminated; argv[0] with a slash is a path (from @folder
	                             on), otherwise looked up in PATH */
	const char *const *env;   /* NULL-terminated "K=V", added to the clean environment (PATH,
	                             HOME, LANG=C.UTF-8, TERM=dumb); may be NULL */
	const char *folder;       /* working directory; NULL: the scratch folder */
	bool terminal;            /* a pseudo-terminal for stdin and stdout instead of pipes */
	uint64_t max_output;      /* bytes per stream kept; 0: 4 MiB. More is read and counted, the
	                             program is told nothing */
	uint64_t max_memory;      /* RLIMIT_AS bytes; 0: none */
	uint64_t max_file;        /* RLIMIT_FSIZE bytes; 0: 64 MiB */
	unsigned max_descriptors; /* RLIMIT_NOFILE; 0: 256 */
	unsigned max_cpu_s;       /* RLIMIT_CPU seconds; 0: 60 */
	int line;                 /* script line, for the timeline */
};

/*
 * Launch in @host. Borrows @host, @loop and @tl: they must outlive the program.
 * Returns a program to be closed with program_close(), or NULL with @err set
 * (ENOENT, EACCES, ENOEXEC from execve(2) itself, with the path tried; anything else is the
 * machine's).
 */
struct program *program_start(const struct program_spec *spec, struct host *host, struct loop *loop,
                              struct timeline *tl, struct err *err);
/* Kill whatever still lives in its namespace, reap, drain, free, set to NULL. */
void program_close(struct program **p);

const char *program_name(const struct program *p);
struct host *program_host(const struct program *p);
pid_t program_pid(const struct program *p); /* as the harness sees it */

/* Has it exited (its first process)? Then status is as waitpid(2)'s. */
bool program_exited(const struct program *p, int *status);
/* "exited with 0", "killed by SIGKILL": for words. */
void program_status_text(int status, struct buf *out);

/* What it wrote so far to stdout (1) or stderr (2): borrowed. total: bytes written in all, kept or
 * not. closed: no writer is left. */
const struct buf *program_output(const struct program *p, int stream);
uint64_t program_output_total(const struct program *p, int stream);
bool program_output_closed(const struct program *p, int stream);

/* Give it bytes on stdin (queued, written as it reads). program_input_end() closes stdin after them
 * (pseudo-terminal: sends ^D). */
int program_input(struct program *p, const void *bytes, size_t len, struct err *err);
int program_input_end(struct program *p, struct err *err);

/* Send a signal to its first process. ESRCH when it has ended. */
int program_signal(struct program *p, int sig, struct err *err);
/* SIGKILL to all its processes, at once and for ever: its init goes first. Gone is a fact to wait
 * for: program_rest(). */
int program_kill(struct program *p, struct err *err);
/*
 * SIGSTOP / SIGCONT to all its processes. program_freeze() returns when all threads are stopped
 * (program_rest() says PROGRAM_STOPPED); ESRCH when no process is left, ETIMEDOUT when one cannot
 * be stopped.
 */
int program_freeze(struct program *p, struct err *err);
int program_thaw(struct program *p, struct err *err);

/*
 * Where its threads are, read from /proc now. PROGRAM_SLEEPS, _STOPPED and _GONE are true of one
 * moment during the call (control.c says how); what wakes a thread before the call (a packet
 * delivered, a signal sent) is seen.
 */
enum program_rest {
	PROGRAM_RUNS,    /* some thread is running, runnable or in disk wait */
	PROGRAM_SLEEPS,  /* all threads sleep, stop or are zombies: nothing moves but by a timer or
	                    from outside */
	PROGRAM_STOPPED, /* all are stopped */
	PROGRAM_GONE,    /* no process is left */
};
/* (enum program_rest)-1 with @err set when /proc cannot be read. */
enum program_rest program_rest(const struct program *p, struct err *err);

/* All live processes of its namespace (harness's pids), sorted; free() it. zombies counts apart
 * when not NULL. */
pid_t *program_processes(const struct program *p, size_t *count, size_t *zombies, struct err *err);
/* User and system time of all its processes, ended and waited-for ones included, ns. */
int64_t program_cpu_time(const struct program *p, struct err *err);
/* Inode numbers of the sockets its processes hold, sorted, without repeats; free() it. */
uint32_t *program_socket_inodes(const struct program *p, size_t *count, struct err *err);
/* Open descriptors of its first process: count, or -1 with @err set (ESRCH: it has ended). */
int program_descriptors(const struct program *p, struct err *err);

#endif
