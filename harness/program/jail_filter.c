/* SPDX-License-Identifier: MIT */
/*
 * jail_filter.c - the calls that a jailed program is refused, by seccomp(2)
 *
 * Theory. Most of these take a capability that it does not have. They are refused all the same:
 * a kernel's mistakes are found in what programs seldom call, and there a check of rights may come
 * too late or be the mistake. EPERM and not death, so that a program that only tries says so itself
 * and fails by what it is asked to do. What a filter cannot look into is said not to exist: glibc
 * falls back from clone3(2) to clone(2), whose flags can be seen.
 *
 * Of two filters the stricter answer counts (seccomp(2)): a traced program stops at none of these.
 */
#include "program/program_own.h"
#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define REFUSED SCMP_ACT_ERRNO(EPERM)
#define LOW     UINT64_C(0xffffffff) /* the kernel takes an int: what is above is not looked at */

static const char *const refused[] = {
    /* other processes */
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    "move_pages", "migrate_pages",
    /* mounts and namespaces */
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "setns", "swapon", "swapoff", "quotactl",
    "quotactl_fd", "fanotify_init", "open_by_handle_at", "name_to_handle_at",
    /* what runs in the kernel, and what was found to be a way into it */
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "add_key", "request_key", "keyctl", "init_module", "finit_module",
    "delete_module", "create_module", "query_module", "get_kernel_syms", "kexec_load",
    "kexec_file_load", "modify_ldt", "vm86", "vm86old", "uselib", "nfsservctl", "lookup_dcookie",
    "sysfs", "_sysctl",
    /* memory that no limit of a process counts */
    "memfd_create", "memfd_secret",
    /* the machine */
    "reboot", "syslog", "acct", "vhangup", "settimeofday", "stime", "clock_settime",
    "clock_settime64", "sethostname", "setdomainname", "iopl", "ioperm"};

/* clone(2) and unshare(2): namespaces are a way to capabilities. */
static const uint64_t namespaces[] = {CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
                                      CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};

#ifdef __s390__
#define CLONE_FLAGS 1 /* clone(2): its arguments are the other way round */
#else
#define CLONE_FLAGS 0
#endif

/* 0, or -errno */
static int refuse_namespaces(scmp_filter_ctx f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof namespaces / sizeof namespaces[0]; i++) {
		const uint64_t flag = namespaces[i];
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(clone), 1,
		                     SCMP_CMP(CLONE_FLAGS, SCMP_CMP_MASKED_EQ, flag, flag));
		if (r == 0)
			r = seccomp_rule_add(f, REFUSED, SCMP_SYS(unshare), 1,
			                     SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
	}
	if (r == 0) /* of time: in clone(2) that bit is a signal's */
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(unshare), 1,
		                     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWTIME, CLONE_NEWTIME));
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return r;
}

/* Internet and UNIX sockets, none of them raw; and rtnetlink(7), by which getaddrinfo(3) learns
 * what addresses the host has. */
static int refuse_sockets(scmp_filter_ctx f)
{
	static const int internet[] = {AF_INET, AF_INET6};
	int r = 0;

	for (uint64_t family = 1; r == 0 && family < 64; family++) {
		if (family != AF_UNIX && family != AF_INET && family != AF_INET6 &&
		    family != AF_NETLINK)
			r = seccomp_rule_add(f, REFUSED, SCMP_SYS(socket), 1,
			                     SCMP_A0(SCMP_CMP_MASKED_EQ, LOW, family));
	}
	for (uint64_t protocol = 1; r == 0 && protocol < 32; protocol++)
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(socket), 2,
		                     SCMP_A0(SCMP_CMP_MASKED_EQ, LOW, AF_NETLINK),
		                     SCMP_A2(SCMP_CMP_MASKED_EQ, LOW, protocol));
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(socket), 2,
		                     SCMP_A0(SCMP_CMP_MASKED_EQ, LOW, (uint64_t)internet[i]),
		                     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW));
	return r;
}

/* Keys typed for somebody else; and personality(2), of which 0 (Linux) and all ones (a question)
 * remain: a rule for each bit that neither has. */
static int refuse_values(scmp_filter_ctx f)
{
	static const uint64_t requests[] = {TIOCSTI, TIOCLINUX};
	const uint64_t top = UINT64_C(1) << 31;
	int r = 0;

	for (size_t i = 0; r == 0 && i < 2; i++)
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(ioctl), 1,
		                     SCMP_A1(SCMP_CMP_MASKED_EQ, LOW, requests[i]));
	for (uint64_t bit = 1; r == 0 && bit < top; bit <<= 1) {
		r = seccomp_rule_add(f, REFUSED, SCMP_SYS(personality), 1,
		                     SCMP_A0(SCMP_CMP_MASKED_EQ, top | bit, bit));
		if (r == 0)
			r = seccomp_rule_add(f, REFUSED, SCMP_SYS(personality), 1,
			                     SCMP_A0(SCMP_CMP_MASKED_EQ, top | bit, top));
	}
	return r;
}

static int refuse_calls(scmp_filter_ctx f, bool sysv)
{
	if (sysv) {
		int r = seccomp_rule_add(f, REFUSED, SCMP_SYS(shmget), 0);
		if (r == 0)
			r = seccomp_rule_add(f, REFUSED, SCMP_SYS(msgget), 0);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);
		int r = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(f, REFUSED, number, 0);
		if (r < 0)
			return r;
	}
	return 0;
}

int jail_filter(bool sysv)
{
	if (!jail_filter_works())
		return 0; /* program_jail_lacks() says so */
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int r = f ? 0 : -ENOMEM;

	/* calls of other instruction sets have other numbers: 32 bits and x32 on x86-64 */
	if (r == 0)
		r = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, REFUSED);
	if (r == 0)
		r = refuse_calls(f, sysv);
	if (r == 0)
		r = refuse_namespaces(f);
	if (r == 0)
		r = refuse_sockets(f);
	if (r == 0)
		r = refuse_values(f);
	if (r == 0)
		r = seccomp_load(f);
	if (f)
		seccomp_release(f);
	errno = -r;
	return r < 0 ? -1 : 0;
}

bool jail_filter_works(void)
{
	/* a null pointer cannot be a filter: EFAULT where there are filters, EINVAL where not
	 * (prctl(2)) */
	return prctl(PR_SET_SECCOMP, 2, NULL, 0, 0) < 0 && errno == EFAULT;
}
