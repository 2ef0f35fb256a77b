/* SPDX-License-Identifier: MIT */
/* call.c - see call.h */
#include "program/call.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define SHOWN 32u /* bytes of data told */

#define PLAIN(name, args)                                                                          \
	{                                                                                          \
		name, args, -1, -1, 0, false, false                                                \
	}
#define WAITS(name, args)                                                                          \
	{                                                                                          \
		name, args, -1, -1, 0, false, true                                                 \
	}
#define SENDS(name, args)                                                                          \
	{                                                                                          \
		name, args, -1, -1, 0, true, true                                                  \
	}
#define RECEIVES_LENGTH(name, args)                                                                \
	{                                                                                          \
		name, args, -1, 2, 0, false, true                                                  \
	}
#define SENDS_LENGTH(name, args)                                                                   \
	{                                                                                          \
		name, args, -1, 2, 0, true, true                                                   \
	}
#define RECEIVES_PIECES(name, args, how)                                                           \
	{                                                                                          \
		name, args, -1, -1, how, false, true                                               \
	}
#define SENDS_PIECES(name, args, how)                                                              \
	{                                                                                          \
		name, args, -1, -1, how, true, true                                                \
	}

static struct call_kind kinds[] = {
    PLAIN("socket", "DTd"),
    PLAIN("socketpair", "DTd-"),
    PLAIN("bind", "oa-"),
    PLAIN("listen", "od"),
    WAITS("accept", "oA-"),
    WAITS("accept4", "oA-x"),
    SENDS("connect", "oa-"),
    PLAIN("getsockname", "oA-"),
    PLAIN("getpeername", "oA-"),
    SENDS_LENGTH("sendto", "ob-Fa-"),
    SENDS_PIECES("sendmsg", "omF", 'm'),
    SENDS("sendmmsg", "o-uF"),
    RECEIVES_LENGTH("recvfrom", "oBuFA-"),
    RECEIVES_PIECES("recvmsg", "omF", 'm'),
    WAITS("recvmmsg", "o-uF-"),
    SENDS("shutdown", "oH"),
    PLAIN("setsockopt", "odd--"),
    PLAIN("getsockopt", "odd--"),
    RECEIVES_LENGTH("read", "oBu"),
    SENDS_LENGTH("write", "ob-"),
    RECEIVES_PIECES("readv", "o-d", 'v'),
    SENDS_PIECES("writev", "o-d", 'v'),
    RECEIVES_PIECES("preadv2", "o-d--x", 'v'),
    SENDS_PIECES("pwritev2", "o-d--x", 'v'),
    SENDS("sendfile", "oo-u"),
    SENDS("splice", "o-o-ux"),
    SENDS("close", "o"),
    PLAIN("dup", "o"),
    SENDS("dup2", "oo"),
    SENDS("dup3", "oox"),
    PLAIN("fcntl", "odx"),
    PLAIN("ioctl", "ox-"),
    PLAIN("pipe", "-"),
    PLAIN("pipe2", "-x"),
    PLAIN("poll", "-ud"),
    PLAIN("ppoll", "-u---"),
    PLAIN("select", "d----"),
    PLAIN("pselect6", "d-----"),
    PLAIN("epoll_create", "d"),
    PLAIN("epoll_create1", "x"),
    PLAIN("epoll_ctl", "odo-"),
    PLAIN("epoll_wait", "o-dd"),
    PLAIN("epoll_pwait", "o-dd--"),
    PLAIN("epoll_pwait2", "o-d---"),
    PLAIN("fork", ""),
    PLAIN("vfork", ""),
    PLAIN("clone", "x----"),
    PLAIN("clone3", "--"),
    PLAIN("execve", "s--"),
    WAITS("wait4", "d-d-"),
    WAITS("waitid", "dd-d-"),
    SENDS("exit_group", "d"),
    SENDS("exit", "d"),
    PLAIN("execveat", "os---"),
    PLAIN("open", "sx"),
    PLAIN("openat", "dsx"),
    SENDS("close_range", "uux"),
    PLAIN("pause", ""),
    PLAIN("rt_sigsuspend", "-u"),
    PLAIN("rt_sigtimedwait", "---u"),
    PLAIN("kill", "dG"),
    PLAIN("tkill", "dG"),
    PLAIN("tgkill", "ddG"),
    PLAIN("rt_sigaction", "G--u"),
    PLAIN("rt_sigprocmask", "d--u"),
    PLAIN("rt_sigreturn", ""),
    PLAIN("restart_syscall", ""),
    PLAIN("signalfd4", "o--x"),
    PLAIN("eventfd2", "ux"),
    /* behind these, calls are made that nobody sees: call_hides() */
    PLAIN("io_uring_setup", "u-"),
    PLAIN("io_setup", "u-"),
    PLAIN("seccomp", "ux-"),
};

#define KINDS (sizeof kinds / sizeof *kinds)

const struct call_kind *call_kinds(size_t *count)
{
	static bool known;

	for (size_t i = 0; !known && i < KINDS; i++) {
		int number = seccomp_syscall_resolve_name(kinds[i].name);
		kinds[i].number =
		    number >= 0 ? number : -1; /* negative: only other machines have it */
	}
	known = true;
	*count = KINDS;
	return kinds;
}

const struct call_kind *call_by_number(int64_t number)
{
	size_t count;
	const struct call_kind *k = call_kinds(&count);

	for (size_t i = 0; i < count; i++) {
		if (k[i].number == number && number >= 0)
			return &k[i];
	}
	return NULL;
}

const struct call_kind *call_by_name(const char *name)
{
	size_t count;
	const struct call_kind *k = call_kinds(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(k[i].name, name) == 0 && k[i].number >= 0)
			return &k[i];
	}
	return NULL;
}

const char *call_hides(const struct call *c)
{
	const char *name = c->kind->name;

	if (c->result < 0)
		return NULL;
	if (strcmp(name, "io_uring_setup") == 0)
		return "through io_uring(7)";
	if (strcmp(name, "io_setup") == 0)
		return "through io_submit(2)";
	/* a supervisor answers before the tracer is asked, and makes calls itself (seccomp(2)) */
	if (strcmp(name, "seccomp") == 0 && c->arg[0] == SECCOMP_SET_MODE_FILTER &&
	    c->arg[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		return "through a supervisor of its own (seccomp_unotify(2))";
	return NULL;
}

/* Of the program's memory, as much as there is. */
static size_t peek(pid_t tid, uint64_t at, void *room, size_t len)
{
	struct iovec here = {.iov_base = room, .iov_len = len};
	struct iovec there = {.iov_base = (void *)(uintptr_t)at, .iov_len = len}; // NOLINT
	ssize_t n = at && len ? process_vm_readv(tid, &here, 1, &there, 1, 0) : 0;

	return n < 0 ? 0 : (size_t)n;
}

bool call_is_socket(pid_t tid, int fd)
{
	char path[64], target[32];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	ssize_t n = readlink(path, target, sizeof target - 1);
	return n > 0 && strncmp(target, "socket:", 7) == 0;
}

static void put_sockaddr(pid_t tid, uint64_t at, uint64_t len, struct buf *out)
{
	struct sockaddr_storage room = {0};
	char text[INET6_ADDRSTRLEN];

	if (peek(tid, at, &room, len < sizeof room ? len : sizeof room) < sizeof room.ss_family) {
		buf_str(out, "NULL");
		return;
	}
	const struct sockaddr_in *four = (const struct sockaddr_in *)&room;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&room;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&room;
	if (room.ss_family == AF_INET) {
		inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
		buf_printf(out, "%s:%u", text, ntohs(four->sin_port));
	} else if (room.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
		buf_printf(out, "[%s]:%u", text, ntohs(six->sin6_port));
	} else if (room.ss_family == AF_UNIX && un->sun_path[0]) {
		buf_str(out, "\"");
		text_escape(out, un->sun_path, strnlen(un->sun_path, sizeof un->sun_path), 64);
		buf_str(out, "\"");
	} else if (room.ss_family == AF_UNIX) {
		size_t name = len > offsetof(struct sockaddr_un, sun_path) + 1
		                  ? len - offsetof(struct sockaddr_un, sun_path) - 1
		                  : 0;
		buf_str(out, name ? "\"@" : "\"");
		text_escape(out, un->sun_path + 1,
		            name < sizeof un->sun_path ? name : sizeof un->sun_path - 1, 64);
		buf_str(out, "\"");
	} else {
		buf_printf(out, "family %u", room.ss_family);
	}
}

/* What the kernel wrote through a sockaddr and its length. */
static void put_answered(pid_t tid, uint64_t at, uint64_t len_at, struct buf *out)
{
	socklen_t len;

	if (peek(tid, len_at, &len, sizeof len) == sizeof len)
		put_sockaddr(tid, at, len, out);
	else
		buf_str(out, "NULL");
}

static void put_bytes(pid_t tid, uint64_t at, uint64_t len, struct buf *out)
{
	uint8_t room[SHOWN + 1];
	size_t n = peek(tid, at, room, len < sizeof room ? (size_t)len : sizeof room);

	buf_str(out, "\"");
	text_escape(out, room, n < SHOWN ? n : SHOWN, SHOWN);
	buf_str(out, len > SHOWN ? "…\"" : "\"");
}

static void put_path(pid_t tid, uint64_t at, struct buf *out)
{
	char room[65];
	size_t n = peek(tid, at, room, sizeof room - 1);

	room[n] = '\0';
	buf_str(out, "\"");
	text_escape(out, room, strlen(room), 64);
	buf_str(out, "\"");
}

/* The first piece of a struct msghdr, and how many bytes there are in all. */
static void put_message(pid_t tid, uint64_t at, struct buf *out)
{
	struct msghdr m;
	struct iovec v[16];
	size_t all = 0;

	if (peek(tid, at, &m, sizeof m) < sizeof m) {
		buf_str(out, "NULL");
		return;
	}
	size_t pieces = m.msg_iovlen < 16 ? m.msg_iovlen : 16;
	size_t got = peek(tid, (uintptr_t)m.msg_iov, v, pieces * sizeof *v) / sizeof *v;
	for (size_t i = 0; i < got; i++)
		all += v[i].iov_len;
	buf_printf(out, "{%zu in %zu", all, (size_t)m.msg_iovlen);
	if (m.msg_controllen)
		buf_printf(out, ", control %zu", (size_t)m.msg_controllen);
	buf_str(out, "}");
}

struct name {
	uint64_t value;
	const char *text;
};

static void put_name(const struct name *names, uint64_t value, struct buf *out)
{
	for (; names->text; names++) {
		if (names->value == value) {
			buf_str(out, names->text);
			return;
		}
	}
	buf_printf(out, "%" PRIu64, value);
}

static void put_bits(const struct name *names, uint64_t value, const char *none, struct buf *out)
{
	const char *bar = "";

	for (; names->text; names++) {
		if (value & names->value) {
			buf_printf(out, "%s%s", bar, names->text);
			value &= ~names->value;
			bar = "|";
		}
	}
	if (value)
		buf_printf(out, "%s0x%" PRIx64, bar, value);
	else if (!*bar)
		buf_str(out, none);
}

static const struct name domains[] = {{AF_UNIX, "AF_UNIX"},
                                      {AF_INET, "AF_INET"},
                                      {AF_INET6, "AF_INET6"},
                                      {AF_NETLINK, "AF_NETLINK"},
                                      {0, NULL}};
static const struct name types[] = {{SOCK_STREAM, "SOCK_STREAM"},
                                    {SOCK_DGRAM, "SOCK_DGRAM"},
                                    {SOCK_RAW, "SOCK_RAW"},
                                    {SOCK_SEQPACKET, "SOCK_SEQPACKET"},
                                    {0, NULL}};
static const struct name type_bits[] = {
    {SOCK_CLOEXEC, "|SOCK_CLOEXEC"}, {SOCK_NONBLOCK, "|SOCK_NONBLOCK"}, {0, NULL}};
static const struct name hows[] = {
    {SHUT_RD, "SHUT_RD"}, {SHUT_WR, "SHUT_WR"}, {SHUT_RDWR, "SHUT_RDWR"}, {9, NULL}};
static const struct name flags[] = {{MSG_OOB, "MSG_OOB"},
                                    {MSG_PEEK, "MSG_PEEK"},
                                    {MSG_DONTROUTE, "MSG_DONTROUTE"},
                                    {MSG_TRUNC, "MSG_TRUNC"},
                                    {MSG_DONTWAIT, "MSG_DONTWAIT"},
                                    {MSG_EOR, "MSG_EOR"},
                                    {MSG_WAITALL, "MSG_WAITALL"},
                                    {MSG_NOSIGNAL, "MSG_NOSIGNAL"},
                                    {MSG_MORE, "MSG_MORE"},
                                    {MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"},
                                    {0, NULL}};

static void put_type(uint64_t type, struct buf *out)
{
	const uint64_t bits = SOCK_CLOEXEC | SOCK_NONBLOCK;

	put_name(types, type & ~bits, out);
	for (const struct name *n = type_bits; n->text; n++) {
		if (type & n->value)
			buf_str(out, n->text);
	}
}

static void put_signal(uint64_t number, struct buf *out)
{
	const char *name = sigabbrev_np((int)number);

	if (name)
		buf_printf(out, "SIG%s", name);
	else
		buf_printf(out, "%" PRIu64, number);
}

/* One argument; false: it is not told. */
static bool put_given(pid_t tid, const struct call *c, int i, struct buf *out)
{
	uint64_t v = c->arg[i];

	switch (c->kind->args[i]) {
	case 'd':
	case 'o':
		buf_printf(out, "%d", (int)v);
		return true;
	case 'u':
		buf_printf(out, "%" PRIu64, v);
		return true;
	case 'x':
		buf_printf(out, "0x%" PRIx64, v);
		return true;
	case 's':
		put_path(tid, v, out);
		return true;
	case 'D':
		put_name(domains, v, out);
		return true;
	case 'T':
		put_type(v, out);
		return true;
	case 'H':
		put_name(hows, v, out);
		return true;
	case 'G':
		put_signal(v, out);
		return true;
	case 'F':
		put_bits(flags, (uint32_t)v, "0", out);
		return true;
	case 'a':
		if (v == 0)
			return false;
		put_sockaddr(tid, v, c->arg[i + 1], out);
		return true;
	case 'b':
		put_bytes(tid, v, c->arg[i + 1], out);
		buf_printf(out, ", %" PRIu64, c->arg[i + 1]);
		return true;
	case 'm':
		put_message(tid, v, out);
		return true;
	default:
		return false;
	}
}

void call_given(pid_t tid, const struct call *c, struct buf *out)
{
	const char *comma = "";

	for (int i = 0; c->kind->args[i]; i++) {
		struct buf one = {0};

		if (put_given(tid, c, i, &one)) {
			buf_printf(out, "%s%s", comma, buf_text(&one));
			comma = ", ";
		}
		buf_free(&one);
	}
}

/* What the kernel answered through pointers. */
static void put_answers(pid_t tid, const struct call *c, struct buf *out)
{
	for (int i = 0; c->kind->args[i]; i++) {
		if (c->kind->args[i] == 'B') {
			buf_str(out, " ");
			put_bytes(tid, c->arg[i], (uint64_t)c->result, out);
		} else if (c->kind->args[i] == 'A' && c->arg[i]) {
			buf_str(out, strncmp(c->kind->name, "get", 3) == 0 ? " " : " from ");
			put_answered(tid, c->arg[i], c->arg[i + 1], out);
		}
	}
}

void call_words(pid_t tid, const struct call *c, struct buf *out)
{
	buf_printf(out, "%s(%s)", c->kind->name, c->given ? c->given : "");
	if (!c->done)
		return;
	if (c->result < 0 && c->result >= -4095) {
		const char *name = strerrorname_np((int)-c->result);
		if (name)
			buf_printf(out, " = -1 %s", name);
		else
			buf_printf(out, " = -1 errno %d", (int)-c->result);
	} else {
		buf_printf(out, " = %" PRId64, c->result);
		put_answers(tid, c, out);
	}
	if (c->injected)
		buf_str(out, " (made so by the harness)");
}
