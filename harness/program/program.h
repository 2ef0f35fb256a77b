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

/*
 * For a program that may be hostile: it sees no more of this machine than it needs to run, is
 * another user where the machine allows, makes no more processes and takes no more memory than is
 * said, and is refused the calls by which kernels are attacked (decisions.md tells what and why).
 */
struct jail_spec {
	const char *folder; /* the submission on this machine, not below isolate_settle()'s
	                       folder unless in isolate_scratch(); it is at /submission */
	bool writable;      /* for a build: @folder and what is in it is given to the program's
	                       user. It may fill it: put it on a file system of its own
	                       (isolate_scratch() is on one) */
	const char *const *hidden; /* NULL-terminated paths that would be seen below /usr and must
	                              not; may be NULL */
	uint64_t memory;           /* bytes, of all its processes together where there is a cgroup
	                              to be had, of each (RLIMIT_AS) where not; 0: none */
	unsigned descriptors;      /* RLIMIT_NOFILE, where program_spec says none; 0: as usual */
	uint64_t file_bytes;       /* RLIMIT_FSIZE, where program_spec says none; 0: as usual */
	unsigned processes;        /* and threads, at one time; 0: 64 */
	uint64_t tmp_bytes;        /* of /tmp; 0: 64 MiB */
	unsigned tmp_inodes;       /* of /tmp; 0: 4096 */
};

struct program_spec {
	const char *name;         /* on the timeline */
	const char *const *argv;  /* NULL-terminated; argv[0] with a slash is a path (from @folder
	                             on), otherwise looked up in PATH */
	const char *const *env;   /* NULL-terminated "K=V", added to the clean environment (PATH,
	                             HOME, LANG=C.UTF-8, TERM=dumb); may be NULL */
	const char *folder;       /* working directory; NULL: the scratch folder */
	bool terminal;            /* a pseudo-terminal for stdin and stdout instead of pipes */
	uint64_t max_output;      /* bytes per stream kept; 0: 4 MiB. More is read and counted, the
	                             timeline says so once, the program is told nothing */
	uint64_t max_memory;      /* RLIMIT_AS bytes; 0: none */
	uint64_t max_file;        /* RLIMIT_FSIZE bytes; 0: 64 MiB */
	unsigned max_descriptors; /* RLIMIT_NOFILE; 0: 256 */
	unsigned max_cpu_s;       /* RLIMIT_CPU seconds; 0: 60 */
	uint64_t capabilities;    /* program_capability()s that it keeps; 0: none */
	const char *program;      /* what @argv runs, when that begins with a tool (valgrind); NULL:
	                             argv[0] */
	int line;                 /* script line, for the timeline */
	bool traced;              /* stop it at its socket, descriptor, process and signal calls */
	const struct jail_spec *jail; /* NULL: a program that staff trust. With it, no capabilities
	                                 and no program of a path that only this machine has */
};

/*
 * What a jail on this machine lacks, a line for each in words for staff, tried and not guessed.
 * Returns how many; 0: nothing. For the process that will make the cases, or one of a case.
 */
size_t program_jail_lacks(struct buf *out);
/*
 * Once, by the process that will make the cases, before that and before program_jail_lacks(): in a
 * cgroup of version 2 that was handed over to it (Delegate=yes in systemd) it goes into one below,
 * for there only groups without processes can have groups with limits.
 */
void program_jail_prepare(void);

/* The bit of a capability that a program can be left with ("net_admin"); 0: none of that name can.
 */
uint64_t program_capability(const char *name);

/*
 * Launch in @host. Borrows @host, @loop and @tl: they must outlive the program.
 * Returns a program to be closed with program_close(), or NULL with @err set
 * (ENOENT, EACCES, ENOEXEC from execve(2) itself, with the path tried; EPERM: ptrace(2) is refused;
 * anything else is the machine's).
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
/* Does the kernel tell how processes end that it made? Not in a user namespace. */
bool program_accounted(const struct program *p);
/* By which signals processes that it made were killed so far, as bits: bit N - 1 is signal N. */
int program_children_killed(struct program *p, uint64_t *signals, struct err *err);
/* "exited with 0", "killed by SIGKILL": for words. */
void program_status_text(int status, struct buf *out);

/* What it wrote so far to stdout (1) or stderr (2): borrowed. total: bytes written in all, kept or
 * not. closed: no writer is left. */
const struct buf *program_output(const struct program *p, int stream);
uint64_t program_output_total(const struct program *p, int stream);
bool program_output_closed(const struct program *p, int stream);

/*
 * A traced program's calls, in the order in which they ended, processes and threads it made
 * included; from program_start() on, what its loader calls left out. A call that can put something
 * on the link stands on the timeline where it began, any other where it ended.
 */
struct program_call {
	const char *name;  /* the kernel's: "accept4" */
	const char *given; /* its arguments in words, without the brackets */
	bool on_socket;    /* its first argument is the descriptor of a socket */
	bool injected;     /* the harness made it so */
	int64_t result;    /* -errno when below 0 */
	size_t event;      /* on the timeline */
};
size_t program_calls(const struct program *p);
/* The @index'th, from 0. Strings are the program's. */
struct program_call program_call(const struct program *p, size_t index);
/* Deal with the stops of a traced program that there are, without waiting; the loop does so too. */
int program_pump(struct program *p, struct err *err);
/* The kernel's name of a watched call, as a constant; NULL: it is not watched, or not here. */
const char *program_call_name(const char *name);

enum fault_action {
	FAULT_FAIL,      /* the call is not made and returns -1 with @code */
	FAULT_SHORTEN,   /* it is asked for, or given, at most @bytes bytes */
	FAULT_INTERRUPT, /* signal @code comes as it begins */
};
/*
 * From now on do so to calls of a traced program that begin, or that wait and can be begun again
 * (signal(7): accept, recv, connect, …). Names are the kernel's; bit i of @sockets: the i'th only
 * on a socket.
 */
struct fault {
	enum fault_action action;
	const char *names[16]; /* NULL-terminated when fewer; constants */
	unsigned sockets;
	uint64_t nth;   /* only the nth from now on, from 1; 0: all */
	uint64_t times; /* at most so often; 0: no limit */
	int code;
	uint64_t bytes;
};
/* The fault's number, for program_fault_count(); -1 with @err set (ENOTSUP: not on this machine).
 */
int program_fault(struct program *p, const struct fault *f, struct err *err);
/* How it makes calls that are not watched, in words: "through io_uring(7)"; NULL: it does not. */
const char *program_unwatched(const struct program *p);
uint64_t program_fault_count(const struct program *p, int fault); /* how often it acted */

/*
 * Give it bytes on stdin (queued, written as it reads). program_input_end() closes stdin after them
 * (pseudo-terminal: sends ^D). ESRCH: it has ended. EPIPE: earlier bytes found nobody who reads.
 * EINVAL: behind program_input_end().
 */
int program_input(struct program *p, const void *bytes, size_t len, struct err *err);
int program_input_end(struct program *p, struct err *err);

/* Send a signal to its first process. ESRCH when it has ended. */
int program_signal(struct program *p, int sig, struct err *err);
/* SIGKILL to all its processes, at once and for ever: its init goes first. Gone is a fact to wait
 * for: program_rest(). */
int program_kill(struct program *p, struct err *err);
/*
 * SIGSTOP / SIGCONT to all of it. program_freeze() returns when all threads are stopped
 * (program_rest() says PROGRAM_STOPPED); ESRCH when no process is left, ETIMEDOUT when one cannot
 * be stopped. program_thaw(): ESRCH likewise.
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
