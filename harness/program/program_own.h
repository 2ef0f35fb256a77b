/* SPDX-License-Identifier: MIT */
/*
 * program_own.h - what a program is made of; private to program/
 */
#ifndef SOCKPROOF_PROGRAM_PROGRAM_OWN_H
#define SOCKPROOF_PROGRAM_PROGRAM_OWN_H
#include "program/program.h"
#include <sys/resource.h>

struct loop_watch;
struct jail;  /* jail.c */
struct trace; /* trace.c */

/* One of the program's outputs. */
struct stream {
	struct program *program;
	int number; /* 1 stdout, 2 stderr */
	int fd;     /* our end, non-blocking; -1: no writer is left */
	struct loop_watch *watch;
	struct buf kept;
	uint64_t total;
};

struct input {
	int fd;                   /* our end, non-blocking; -1: closed */
	struct loop_watch *watch; /* while @queue waits for room */
	struct buf queue;
	bool ended;         /* by program_input_end() */
	bool inside_a_line; /* what was given so far does not end with a newline */
};

struct program {
	char *name;
	int line;
	bool terminal;
	uint64_t max_output;
	struct host *host;
	struct loop *loop;
	struct timeline *tl;
	pid_t init, pid;      /* 0: none yet */
	int init_fd, exit_fd; /* pidfds; exit_fd -1: exited and reaped */
	struct loop_watch *exit_watch;
	uint64_t pidns; /* inode number of its pid namespace */
	bool started;   /* execve(2) succeeded */
	bool exited;
	int status;
	struct rusage usage; /* of the first process and the children it waited for, once exited */
	struct stream out[2];
	struct input in;
	struct trace *trace;      /* NULL: not traced */
	struct jail *jail;        /* NULL: not jailed */
	int account;              /* the kernel's records of its processes' ends; -1: none */
	off_t account_at;         /* read so far */
	uint64_t children_killed; /* bit N - 1: signal N killed one */
};

/* control.c: has its first process ended, whether or not the loop has heard of it? */
bool program_ended(const struct program *p);

/* The ends that the program gets. Closed by stdio_close_theirs(). */
struct stdio_ends {
	int fd[3];
};

/* stdio.c */
int stdio_open(struct program *p, struct stdio_ends *theirs, struct err *err);
void stdio_close_theirs(struct stdio_ends *theirs);
int stdio_watch(struct program *p, struct err *err);
/* Read what is there; bounded, for an orphan may go on writing. */
int stdio_drain(struct program *p, struct err *err);
void stdio_close(struct program *p);

/* init.c: sets @p->init, @p->init_fd, @p->pidns */
int init_start(struct program *p, struct err *err);

/*
 * confine.c. confine_view() and confine_end_of_view() by the init, before and after its other
 * mounts; confine_process() by the program's first process, last before execve(2): -1 with errno
 * set. keep: program_capability()s. most_pids: at least 301, of which 300 are lost once numbers
 * have come round. jail: NULL: none.
 */
int confine_view(unsigned most_pids, struct err *err);
int confine_end_of_view(struct err *err);
int confine_process(uint64_t keep, const struct jail *jail);
/* @source over @path, for the program to read. Who has it in another mount namespace may write. */
int confine_read_only(const char *path, const char *source, struct err *err);

/* launch.c: sets @p->pid, @p->exit_fd */
int launch(struct program *p, const struct program_spec *spec, const struct stdio_ends *theirs,
           struct err *err);
/* A message from a child: its struct err through a pipe. Returns 1 when one came, 0 when the pipe
 * was closed without, -1 on failure. */
int launch_hear(int fd, struct err *said, struct err *err);
void launch_say(int fd, const struct err *what);

/*
 * trace.c. trace_open() before the fork; trace_seize() of the child, which waits for it, then
 * trace_filter() in the child: from there on its calls stop it. trace_started() once execve(2)
 * has succeeded.
 */
int trace_open(struct program *p, struct err *err);
int trace_seize(struct program *p, struct err *err);
int trace_filter(void); /* in the child; -1 with errno set */
void trace_started(struct program *p);
/* Deal with every stop there is; then what is stopped is stopped for good. */
int trace_pump(struct program *p, struct err *err);
/* Let stops happen until @fd can be read: 0, -1 with @err set. */
int trace_until_readable(struct program *p, int fd, struct err *err);
/* Is it in a stop that lasts (SIGSTOP), not in one that the harness has yet to deal with? */
bool trace_rests(const struct program *p, pid_t tid);
/* Its init was killed: reap what only a tracer can, until the init has ended. */
void trace_end(struct program *p);
void trace_close(struct program *p);

/*
 * account.c. account_open() before the init is made; account_begin() in the init, which has a /proc
 * of its own (EPERM, ENOSYS: not on this machine).
 */
int account_open(struct program *p, struct err *err);
int account_begin(const struct program *p, struct err *err);
void account_close(struct program *p);

/*
 * jail.c. jail_open() before the init is made: the user, what is given to it, the cgroups;
 * jail_close() when all processes have ended. jail_limits() and jail_become() in the child: -1 with
 * errno set.
 */
int jail_open(struct program *p, const struct jail_spec *spec, struct err *err);
void jail_close(struct program *p);
const struct jail_spec *jail_spec(const struct jail *j);
/* Whether it is another user than the harness; both ids are the same number. */
bool jail_user(const struct jail *j, uid_t *user);
bool jail_refuses_sysv(const struct jail *j);
int jail_join(const struct jail *j);   /* into the cgroups; while it has all descriptors */
int jail_limits(const struct jail *j); /* with descriptors 0 to 2 in place */
int jail_become(const struct jail *j);
uint64_t jail_memory(const struct jail *j); /* bytes of each process; 0: no limit but a cgroup's */

/* jail_view.c: by the init, instead of its other mounts: another root folder. */
int jail_view(const struct program *p, struct err *err);

/* jail_filter.c: in the child, which can have no new privileges; -1 with errno set. sysv: refuse
 * System V's shared memory and queues too. */
int jail_filter(bool sysv);
bool jail_filter_works(void);

/* jail_give.c: @path and what is in it belongs to @user from now on, whatever lies there. */
int jail_give(const char *path, uid_t user, struct err *err);

/* jail_group.c: cgroups (cgroups(7)) for one program. */
enum jail_limit { JAIL_PROCESSES, JAIL_MEMORY, JAIL_LIMITS };
struct jail_group {
	char *path; /* NULL: none */
	int dir;    /* locked as long as its owner lives */
	int join;   /* its cgroup.procs */
};
/*
 * Make one in which @limit is @value, or say in @err why there is none here. same: one that was
 * made for another limit, which may serve this one too; *reused says so.
 */
int jail_group_make(enum jail_limit limit, uint64_t value, uint64_t id,
                    const struct jail_group *same, struct jail_group *out, bool *reused,
                    struct err *err);
void jail_group_remove(struct jail_group *g);

/* proc.c */
struct thread {
	pid_t pid, tid; /* as the harness sees them */
	char state; /* of proc_pid_stat(5): R S D T t Z X …; R too for one that is about to sleep
	               but still runs; S or T for one that waits in vfork(2) */
	uint64_t switches; /* context switches so far: the same number twice means it did not run
	                      between */
	pid_t parent;
	bool stops;    /* SIGSTOP waits for it */
	bool in_vfork; /* or in what does the same */
};
struct threads {
	struct thread *list; /* sorted by pid, tid */
	size_t count;
};
int proc_threads(const struct program *p, struct threads *out, struct err *err);
bool thread_stopped(const struct thread *t);
bool thread_dead(const struct thread *t);

#endif
