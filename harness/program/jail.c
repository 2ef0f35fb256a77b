/* SPDX-License-Identifier: MIT */
/*
 * jail.c - who a jailed program is, how much it may take, and what this machine cannot give
 *
 * Theory. Each layer holds by itself where it can: what a program may see (jail_view.c), who it is,
 * which calls it may make (jail_filter.c), and how much it gets. Who it is: a number that no person
 * and no service has, plus that of the case's pid namespace, which no other on this machine has at
 * the same time. RLIMIT_NPROC counts by user, so two cases that shared one would fail by each
 * other's processes. In a user namespace with one id there is no other user; then what keeps the
 * program out of the harness is that it has no capability and the harness has some (confine.c).
 */
#include "base/err.h"
#include "program/program_own.h"
#include "world/isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FIRST_USER     UINT32_C(2000000000) /* behind what people, services and containers get */
#define NUMBER_MASK    UINT32_C(0x0fffffff) /* namespaces are numbered from 0xf0000000 on */
#define OF_THE_HARNESS 16                   /* its own processes in a case's user namespace */

struct jail {
	struct jail_spec spec; /* its strings: until the program is started */
	uid_t user;
	bool other; /* not the harness's user */
	struct jail_group groups[JAIL_LIMITS];
	bool limited[JAIL_LIMITS]; /* by a group; one may do both */
	bool sysv;                 /* the kernel limits System V's shared memory and queues */
};

/* Is the id known in this user namespace (user_namespaces(7))? all: is every id what it is outside?
 */
static bool mapped(const char *path, uint32_t id, bool *all)
{
	unsigned first, outside, count;
	bool found = false;
	FILE *f = fopen(path, "re");

	*all = !f; /* no user namespaces in this kernel */
	while (f && fscanf(f, "%u %u %u", &first, &outside, &count) == 3) {
		found |= id >= first && id - first < count;
		*all |= first == 0 && outside == 0 && count == UINT32_MAX;
	}
	if (f)
		fclose(f);
	return found || *all;
}

static bool in_first_user_namespace(void)
{
	bool all;

	mapped("/proc/self/uid_map", 0, &all);
	return all;
}

/* What it takes to make somebody else of a program, and to see to it behind that. */
static bool may_change_user(void)
{
	static const int needed[] = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,    CAP_KILL,
	                             CAP_SETGID, CAP_SETUID,       CAP_SYS_PTRACE};
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &head, data) < 0)
		return false;
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		if (!(data[CAP_TO_INDEX(needed[i])].effective & CAP_TO_MASK(needed[i])))
			return false;
	}
	return true;
}

/* The user of this case's jails: true when it is another than the harness. */
static bool choose_user(uid_t *user)
{
	struct stat st;
	bool all;

	*user = geteuid();
	if (stat("/proc/self/ns/pid", &st) < 0)
		return false;
	const uint32_t wanted = FIRST_USER + ((uint32_t)st.st_ino & NUMBER_MASK);
	if (!may_change_user() || !mapped("/proc/self/uid_map", wanted, &all) ||
	    !mapped("/proc/self/gid_map", wanted, &all))
		return false;
	*user = wanted;
	return true;
}

static bool kernel_is(int major, int minor)
{
	struct utsname u;
	int has[2];

	return uname(&u) == 0 && sscanf(u.release, "%d.%d", &has[0], &has[1]) == 2 &&
	       (has[0] > major || (has[0] == major && has[1] >= minor));
}

static unsigned processes_of(const struct jail_spec *spec)
{
	return spec->processes ? spec->processes : 64;
}

/* RLIMIT_NPROC; 0: it would not hold, or would count what is none of ours. */
static unsigned process_limit(const struct jail *j)
{
	if (j->other)
		return processes_of(&j->spec);
	/* root is exempt; and before Linux 5.14 all of a person's processes on the machine count */
	if (in_first_user_namespace() || !kernel_is(5, 14))
		return 0;
	return processes_of(&j->spec) + OF_THE_HARNESS;
}

static void make_groups(struct jail *j, uint64_t id, struct err err[static JAIL_LIMITS])
{
	const uint64_t values[JAIL_LIMITS] = {processes_of(&j->spec), j->spec.memory};
	const struct jail_group *same = NULL;

	for (int i = 0; i < JAIL_LIMITS; i++) {
		bool reused = false;
		err[i].code = 0;
		if (values[i] == 0)
			continue;
		/* without: what there is besides must do, and program_jail_lacks() says so */
		if (jail_group_make(i, values[i], id, same, &j->groups[i], &reused, &err[i]) < 0)
			continue;
		j->limited[i] = true;
		if (!reused)
			same = &j->groups[i];
	}
}

static void free_jail(struct jail *j)
{
	for (int i = 0; i < JAIL_LIMITS; i++)
		jail_group_remove(&j->groups[i]);
	free(j);
}

static struct jail *new_jail(const struct jail_spec *spec)
{
	struct jail *j = mem_zero(1, sizeof *j);

	j->spec = *spec;
	j->other = choose_user(&j->user);
	for (int i = 0; i < JAIL_LIMITS; i++)
		j->groups[i].dir = j->groups[i].join = -1;
	return j;
}

/* A number that no other program on this machine has, and none of this case before it. */
static uint64_t group_id(void)
{
	static uint64_t count; /* of this case */
	struct stat st;
	uint64_t id = stat("/proc/self/ns/pid", &st) == 0 ? st.st_ino & NUMBER_MASK : 0;

	return id << 32 | ++count;
}

static bool setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, value, strlen(value));

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(value);
}

/*
 * System V's shared memory and queues are nobody's memory once nobody has them mapped. They are in
 * the case's IPC namespace, which has limits: 16 MiB, and 32 queues of 16 KiB.
 */
static bool limit_sysv(void)
{
	char pages[16];

	snprintf(pages, sizeof pages, "%ld", (16L << 20) / sysconf(_SC_PAGESIZE));
	return setting("/proc/sys/kernel/shmall", pages) &&
	       setting("/proc/sys/kernel/msgmni", "32");
}

int jail_open(struct program *p, const struct jail_spec *spec, struct err *err)
{
	struct err ignored[JAIL_LIMITS];
	struct stat st;

	if (!isolate_scratch())
		return err_set(err, EINVAL,
		               "a jail without a scratch folder: isolate_settle() first");
	if (spec->folder && (stat(spec->folder, &st) < 0 || !S_ISDIR(st.st_mode)))
		return err_set(err, EINVAL, "the submission's folder %s: %s", spec->folder,
		               "is no folder that a case can see");
	p->jail = new_jail(spec);
	if (p->jail->other) {
		const uid_t user = p->jail->user;
		if (jail_give(isolate_scratch(), user, err) < 0)
			return -1;
		if (spec->folder && spec->writable && jail_give(spec->folder, user, err) < 0)
			return -1;
	}
	p->jail->sysv = limit_sysv();
	make_groups(p->jail, group_id(), ignored);
	return 0;
}

void jail_close(struct program *p)
{
	if (p->jail)
		free_jail(p->jail);
	p->jail = NULL;
}

const struct jail_spec *jail_spec(const struct jail *j)
{
	return &j->spec;
}

bool jail_user(const struct jail *j, uid_t *user)
{
	*user = j->user;
	return j->other;
}

bool jail_refuses_sysv(const struct jail *j)
{
	return !j->sysv;
}

/* Lowered, never raised. */
static int at_most(int resource, uint64_t value)
{
	struct rlimit now;

	if (getrlimit(resource, &now) < 0)
		return -1;
	if (now.rlim_max > value)
		now.rlim_max = value;
	if (now.rlim_cur > now.rlim_max)
		now.rlim_cur = now.rlim_max;
	return setrlimit(resource, &now);
}

/* When the machine's memory ends, it ends first, and not the harness. */
static void first_to_go(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0)
		errno = 0; /* then it is as likely as others */
	close(fd);
}

int jail_join(const struct jail *j)
{
	first_to_go();
	for (int i = 0; i < JAIL_LIMITS; i++) {
		/* 0: whoever writes it */
		if (j->groups[i].join >= 0 && write(j->groups[i].join, "0", 1) != 1)
			return -1;
	}
	return 0;
}

int jail_limits(const struct jail *j)
{
	const unsigned processes = process_limit(j);

	if (processes && at_most(RLIMIT_NPROC, processes) < 0)
		return -1;
	/* message queues and locked memory are outside of what is counted above */
	if (at_most(RLIMIT_MSGQUEUE, 0) < 0 || at_most(RLIMIT_MEMLOCK, 1 << 16) < 0)
		return -1;
	/* /dev/stdout is its own to open, though the harness made it */
	for (int fd = 0; j->other && fd < 3; fd++) {
		if (fchown(fd, j->user, j->user) < 0)
			return -1;
	}
	return 0;
}

uint64_t jail_memory(const struct jail *j)
{
	return j->limited[JAIL_MEMORY] ? 0 : j->spec.memory;
}

int jail_become(const struct jail *j)
{
	if (!j->other)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(j->user, j->user, j->user) < 0)
		return -1;
	return setresuid(j->user, j->user, j->user);
}

static size_t lacking(struct buf *out, const char *what, const char *why)
{
	buf_printf(out, "%s: %s\n", what, why);
	return 1;
}

size_t program_jail_lacks(struct buf *out)
{
	const bool needs_user = isolate_needs_user();
	struct jail *j = new_jail(&(struct jail_spec){.memory = UINT64_C(1) << 30});
	struct err err[JAIL_LIMITS];
	size_t count = 0;

	if (needs_user)
		j->other = false;
	make_groups(j, group_id(), err);
	if (!j->other)
		count += lacking(out, "another user for each case",
		                 needs_user ? "the harness is not root, so submissions run as the "
		                              "same user as it does, without any capability"
		                            : "this machine gives root one user only, or not all "
		                              "rights of root, so submissions run as the harness's "
		                              "user, without any capability");
	/* a user namespace is made for the case; and pid namespaces count by themselves since 6.14
	 */
	bool counted = j->other || j->limited[JAIL_PROCESSES] || kernel_is(6, 14) ||
	               (kernel_is(5, 14) && (needs_user || !in_first_user_namespace()));
	if (!counted)
		count += lacking(out, "a limit of processes", err[JAIL_PROCESSES].text);
	if (!j->limited[JAIL_MEMORY])
		count +=
		    lacking(out,
		            "a limit of memory for all processes of a submission together (each "
		            "has one of its own)",
		            err[JAIL_MEMORY].text);
	if (!jail_filter_works())
		count += lacking(out, "a filter of system calls",
		                 "this kernel has no seccomp(2) with filters");
	free_jail(j);
	return count;
}
