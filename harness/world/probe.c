/* SPDX-License-Identifier: MIT */
/*
 * probe.c - what this machine can do, tried in a child process that is gone afterwards
 *
 * The child writes each answer through a pipe as soon as it has it, so that what it knew survives
 * should it die.
 */
#include "world/probe.h"
#include "base/err.h"
#include "world/isolate.h"
#include "world/world.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/acct.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {
    [PROBE_NAMESPACES] = "namespaces",
    [PROBE_TUN] = "tun",
    [PROBE_VETH] = "veth",
    [PROBE_CAPTURE] = "capture",
    [PROBE_DIAG] = "diag",
    [PROBE_PROC] = "proc",
    [PROBE_TRACE] = "trace",
    [PROBE_ACCOUNTING] = "accounting",
};
static_assert(sizeof names / sizeof names[0] == PROBE_COUNT, "a name a probe");

const char *probe_text(enum probe_what w)
{
	return names[w];
}

static void set(struct probe_answer *a, bool works, const char *detail, const char *mend)
{
	a->works = works;
	const int room = sizeof a->detail - 1;
	static_assert(sizeof a->detail == sizeof a->mend, "one size");
	snprintf(a->detail, sizeof a->detail, "%.*s", room,
	         detail); /* cut when too long: it is for people */
	snprintf(a->mend, sizeof a->mend, "%.*s", room, works ? "" : mend);
}

/* The first number in a file of /proc/sys; -1 when there is none. */
static int number_of(const char *path)
{
	char text[32] = "";
	int value;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	return n > 0 && sscanf(text, "%d", &value) == 1 ? value : -1;
}

/* Namespaces were refused: by whom, and what would change it. */
static const char *namespaces_mend(void)
{
	if (number_of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run with "
		       "sudo";
	if (number_of("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run with sudo";
	if (number_of("/proc/sys/user/max_user_namespaces") == 0)
		return "sudo sysctl -w user.max_user_namespaces=10000, or run with sudo";
	if (number_of("/proc/sys/user/max_net_namespaces") == 0)
		return "sudo sysctl -w user.max_net_namespaces=10000";
	return "run with sudo; in a container: docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN "
	       "--security-opt seccomp=unconfined --security-opt apparmor=unconfined";
}

/* user: we are root of a user namespace only */
static const char *tun_mend(bool user)
{
	struct stat st;
	if (stat("/dev/net/tun", &st) < 0)
		return "sudo modprobe tun; in a container: docker run --device /dev/net/tun";
	return user ? "sudo chmod 0666 /dev/net/tun, or run with sudo"
	            : "sudo modprobe tun; in a container: docker run --device /dev/net/tun";
}

static void try_world(bool use_tun, bool user, struct probe_answer *a)
{
	static const char *const hosts[] = {"a", "b"};
	struct err err = {0};
	struct world *w = world_open(WORLD_WIRE, hosts, 2, use_tun, &err);
	if (!w) {
		set(a, false, err.text, use_tun ? tun_mend(user) : "sudo modprobe veth");
	} else if (use_tun && world_link(w) != LINK_TUN) {
		set(a, false,
		    "/dev/net/tun is refused in the case's namespaces: a veth pair is taken",
		    tun_mend(user));
	} else {
		const char *families =
		    host_address(world_host(w, 0), 6) ? "IPv4 and IPv6" : "IPv4 alone";
		char detail[80];
		snprintf(detail, sizeof detail, "two hosts, %s", families);
		set(a, true, detail, "");
	}
	world_close(&w);
}

static void try_capture(struct probe_answer *a)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	if (fd < 0)
		set(a, false, strerror(errno),
		    "sudo setcap cap_net_raw+ep $(command -v sockproof)");
	else
		set(a, true, "AF_PACKET", "");
	if (fd >= 0)
		close(fd);
}

/* One dump of socket diagnostics; 0 or an errno value. */
static int ask_diag(int family, int protocol)
{
	char room[8192] = {0};
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!nl)
		return errno;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (family == AF_UNIX) {
		struct unix_diag_req *req = mnl_nlmsg_put_extra_header(nlh, sizeof *req);
		req->sdiag_family = AF_UNIX;
		req->udiag_states = ~0u;
	} else {
		struct inet_diag_req_v2 *req = mnl_nlmsg_put_extra_header(nlh, sizeof *req);
		req->sdiag_family = (uint8_t)family;
		req->sdiag_protocol = (uint8_t)protocol;
		req->idiag_states = ~0u;
	}
	int r = mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ? -1 : MNL_CB_OK;
	while (r > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, room, sizeof room);
		r = n < 0 ? -1 : mnl_cb_run(room, (size_t)n, 0, 0, NULL, NULL);
	}
	int code = r < 0 ? errno : 0;
	mnl_socket_close(nl);
	return code;
}

static void try_diag(struct probe_answer *a)
{
	static const struct {
		const char *name;
		int family, protocol;
	} tables[] = {
	    {"tcp", AF_INET, IPPROTO_TCP}, {"udp", AF_INET, IPPROTO_UDP}, {"unix", AF_UNIX, 0}};
	for (size_t i = 0; i < 3; i++) {
		int code = ask_diag(tables[i].family, tables[i].protocol);
		if (!code)
			continue;
		char detail[80];
		snprintf(detail, sizeof detail, "%s: %s", tables[i].name, strerror(code));
		set(a, false, detail, "sudo modprobe -a inet_diag tcp_diag udp_diag unix_diag");
		return;
	}
	set(a, true, "tcp, udp, unix", "");
}

/* Somebody to be traced, who waits for its end. */
static pid_t fork_sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

void probe_trace(struct probe_answer *out)
{
	const uint32_t action = SECCOMP_RET_TRACE;
	memset(out, 0, sizeof *out);
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0) {
		set(out, false, "seccomp(2) does not know SECCOMP_RET_TRACE",
		    "a kernel from 5.3 on");
		return;
	}
	pid_t pid = fork_sleeper();
	if (pid < 0) {
		set(out, false, strerror(errno), "");
		return;
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESECCOMP) < 0)
		set(out, false, strerror(errno),
		    "sudo sysctl -w kernel.yama.ptrace_scope=1; in a container: docker run "
		    "--cap-add "
		    "SYS_PTRACE");
	else
#ifdef __x86_64__
		set(out, true, "ptrace and seccomp", "");
#else
		set(out, true, "ptrace and seccomp; faults at calls on x86-64 only", "");
#endif
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void probe_accounting(struct probe_answer *out)
{
	struct err err = {0};
	int status = 0;
	memset(out, 0, sizeof *out);
	/* Who may not is told so before anybody looks for the file (kernel/acct.c). In a pid
	 * namespace of its own all the same: this one's accounting is not ours to touch. */
	pid_t pid = isolate_clone(CLONE_NEWPID, NULL, &err);
	if (pid == 0)
		_exit(acct("") < 0 && errno != ENOENT ? errno : 0);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	int code = pid < 0 ? err.code : WEXITSTATUS(status);
	if (code == EPERM)
		set(out, false, "acct(2) asks for CAP_SYS_PACCT, over the machine",
		    "run it as root; in a container: docker run --cap-add SYS_PACCT");
	else
		set(out, code == 0, code ? strerror(code) : "by acct(2)",
		    "a kernel with CONFIG_BSD_PROCESS_ACCT");
}

struct message {
	enum probe_what what;
	struct probe_answer answer;
};
static_assert(sizeof(struct message) <= PIPE_BUF, "a message goes whole through a pipe");

static void tell(int fd, enum probe_what w, const struct probe_answer *a)
{
	struct message message;
	memset(&message, 0, sizeof message);
	message.what = w;
	message.answer = *a;
	if (write(fd, &message, sizeof message) < 0)
		_exit(1);
}

static _Noreturn void try_all(int fd, bool user)
{
	struct err err = {0};
	struct probe_answer a;
	memset(&a, 0, sizeof a);
	bool settled = isolate_settle(&err) != NULL;
	set(&a, settled, settled ? "mounted" : err.text,
	    "in a container: docker run --security-opt systempaths=unconfined");
	tell(fd, PROBE_PROC, &a);
	if (unshare(CLONE_NEWNET) < 0)
		set(&a, false, strerror(errno), namespaces_mend());
	else
		set(&a, true, user ? "through a user namespace" : "as root", "");
	tell(fd, PROBE_NAMESPACES, &a);
	if (a.works) {
		try_world(true, user, &a);
		tell(fd, PROBE_TUN, &a);
		try_world(false, user, &a);
		tell(fd, PROBE_VETH, &a);
		try_capture(&a);
		tell(fd, PROBE_CAPTURE, &a);
		try_diag(&a);
		tell(fd, PROBE_DIAG, &a);
	}
	probe_trace(&a);
	tell(fd, PROBE_TRACE, &a);
	probe_accounting(&a);
	tell(fd, PROBE_ACCOUNTING, &a);
	_exit(0);
}

void probe_machine(struct probe_answer out[static PROBE_COUNT])
{
	struct err err = {0};
	struct message message;
	bool user = isolate_needs_user();
	int pipes[2];
	memset(out, 0, PROBE_COUNT * sizeof *out);
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		for (int i = 0; i < PROBE_COUNT; i++)
			set(&out[i], false, strerror(errno), "");
		return;
	}
	pid_t pid = isolate_fork(user, &err);
	if (pid == 0)
		try_all(pipes[1], user);
	close(pipes[1]);
	for (int i = 0; i < PROBE_COUNT; i++)
		set(&out[i], false, pid < 0 ? err.text : "could not be tried without namespaces",
		    i == PROBE_NAMESPACES ? namespaces_mend() : "");
	ssize_t n;
	while (pid > 0 &&
	       ((n = read(pipes[0], &message, sizeof message)) > 0 || (n < 0 && errno == EINTR))) {
		if (n == (ssize_t)sizeof message && message.what < PROBE_COUNT)
			out[message.what] = message.answer;
	}
	close(pipes[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
