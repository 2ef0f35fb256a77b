/* SPDX-License-Identifier: MIT */
/*
 * sock.c - scripted sockets: one system call a function, its outcome as it was
 */
#include "socket/sock.h"
#include "base/err.h"
#include "world/world.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const kind_names[] = {
    [SOCK_KIND_TCP] = "tcp",
    [SOCK_KIND_UDP] = "udp",
    [SOCK_KIND_UNIX_STREAM] = "unix",
    [SOCK_KIND_UNIX_DGRAM] = "unix-dgram",
    [SOCK_KIND_UNIX_SEQPACKET] = "unix-seqpacket",
};
static_assert(sizeof kind_names / sizeof kind_names[0] == SOCK_KIND_UNIX_SEQPACKET + 1,
              "a name a kind");

const char *sock_kind_text(enum sock_kind k)
{
	return kind_names[k];
}

int sock_kind_number(const char *name)
{
	for (int k = 0; k <= SOCK_KIND_UNIX_SEQPACKET; k++) {
		if (strcmp(name, kind_names[k]) == 0)
			return k;
	}
	return -1;
}

static int open_here(enum sock_kind kind, int version)
{
	static const int types[] = {
	    [SOCK_KIND_TCP] = SOCK_STREAM,
	    [SOCK_KIND_UDP] = SOCK_DGRAM,
	    [SOCK_KIND_UNIX_STREAM] = SOCK_STREAM,
	    [SOCK_KIND_UNIX_DGRAM] = SOCK_DGRAM,
	    [SOCK_KIND_UNIX_SEQPACKET] = SOCK_SEQPACKET,
	};
	int domain = kind > SOCK_KIND_UDP ? AF_UNIX : version == 6 ? AF_INET6 : AF_INET;
	return socket(domain, types[kind] | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int sock_open(struct host *h, enum sock_kind kind, int version, struct err *err)
{
	if (host_enter(h, err) < 0)
		return -1;
	int fd = open_here(kind, version);
	int code = errno;
	if (host_leave(h, err) < 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (fd < 0)
		return err_sys(err, code, "a %s socket in %s", sock_kind_text(kind), host_name(h));
	return fd;
}

union any_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_storage room;
};

/* unix(7): a path takes its NUL along when there is room, an abstract name is as long as it is. */
static socklen_t pack_path(const char *path, struct sockaddr_un *un)
{
	size_t len = strnlen(path, sizeof un->sun_path);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, len);
	if (len > 0 && path[0] == '@')
		un->sun_path[0] = '\0';
	else if (len > 0 && len < sizeof un->sun_path)
		len++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static socklen_t pack(const struct sock_address *a, union any_address *out)
{
	memset(out, 0, sizeof *out);
	if (!a) {
		out->sa.sa_family = AF_UNSPEC;
		return sizeof out->in;
	}
	switch (a->end.addr.version) {
	case 4:
		out->in.sin_family = AF_INET;
		out->in.sin_port = htons(a->end.port);
		memcpy(&out->in.sin_addr, a->end.addr.bytes, 4);
		return sizeof out->in;
	case 6:
		out->in6.sin6_family = AF_INET6;
		out->in6.sin6_port = htons(a->end.port);
		memcpy(&out->in6.sin6_addr, a->end.addr.bytes, 16);
		return sizeof out->in6;
	default:
		return pack_path(a->path, &out->un);
	}
}

static void unpack(const union any_address *from, socklen_t len, struct sock_address *a)
{
	memset(a, 0, sizeof *a);
	if (len < sizeof(sa_family_t))
		return;
	if (from->sa.sa_family == AF_INET) {
		a->end.addr.version = 4;
		memcpy(a->end.addr.bytes, &from->in.sin_addr, 4);
		a->end.port = ntohs(from->in.sin_port);
	} else if (from->sa.sa_family == AF_INET6) {
		a->end.addr.version = 6;
		memcpy(a->end.addr.bytes, &from->in6.sin6_addr, 16);
		a->end.port = ntohs(from->in6.sin6_port);
	} else if (from->sa.sa_family == AF_UNIX && len > offsetof(struct sockaddr_un, sun_path)) {
		size_t n = len - offsetof(struct sockaddr_un, sun_path);
		if (n > sizeof from->un.sun_path)
			n = sizeof from->un.sun_path;
		memcpy(a->path, from->un.sun_path, n);
		if (a->path[0] == '\0')
			a->path[0] = '@';
	}
}

static struct sock_outcome outcome(int64_t result)
{
	return (struct sock_outcome){.result = result, .error = result < 0 ? errno : 0};
}

struct sock_outcome sock_bind(int fd, const struct sock_address *a)
{
	union any_address to;
	socklen_t len = pack(a, &to);
	return outcome(bind(fd, &to.sa, len));
}

struct sock_outcome sock_connect(int fd, const struct sock_address *a)
{
	union any_address to;
	socklen_t len = pack(a, &to);
	return outcome(connect(fd, &to.sa, len));
}

struct sock_outcome sock_listen(int fd, int backlog)
{
	return outcome(listen(fd, backlog));
}

struct sock_outcome sock_accept(int fd, struct sock_address *peer)
{
	union any_address from;
	socklen_t len = sizeof from;
	memset(&from, 0, sizeof from);
	struct sock_outcome o = outcome(accept4(fd, &from.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC));
	if (o.result >= 0 && peer)
		unpack(&from, len, peer);
	return o;
}

struct sock_outcome sock_send(int fd, const void *p, size_t len, int flags,
                              const struct sock_address *to)
{
	union any_address address;
	socklen_t address_len = to ? pack(to, &address) : 0;
	/* EPIPE is an outcome; SIGPIPE would end the harness */
	return outcome(
	    sendto(fd, p, len, flags | MSG_NOSIGNAL, to ? &address.sa : NULL, address_len));
}

struct sock_outcome sock_recv(int fd, void *p, size_t room, int flags, struct sock_address *from,
                              int *msg_flags)
{
	union any_address address;
	struct iovec iov = {.iov_base = p, .iov_len = room};
	struct msghdr msg = {
	    .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &iov, .msg_iovlen = 1};
	memset(&address, 0, sizeof address);
	struct sock_outcome o = outcome(recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC));
	if (msg_flags)
		*msg_flags = o.result < 0 ? 0 : msg.msg_flags & ~MSG_CMSG_CLOEXEC;
	if (from)
		unpack(&address, o.result < 0 ? 0 : msg.msg_namelen, from);
	return o;
}

struct sock_outcome sock_shutdown(int fd, int how)
{
	return outcome(shutdown(fd, how));
}

typedef int name_call(int, struct sockaddr *restrict, socklen_t *restrict);

static struct sock_outcome ask_name(name_call *call, int fd, struct sock_address *a)
{
	union any_address from;
	socklen_t len = sizeof from;
	memset(&from, 0, sizeof from);
	struct sock_outcome o = outcome(call(fd, &from.sa, &len));
	unpack(&from, o.result < 0 ? 0 : len, a);
	return o;
}

struct sock_outcome sock_name(int fd, struct sock_address *a)
{
	return ask_name(getsockname, fd, a);
}

struct sock_outcome sock_peer(int fd, struct sock_address *a)
{
	return ask_name(getpeername, fd, a);
}

void sock_address_text(const struct sock_address *a, struct buf *out)
{
	char text[46];
	if (a->end.addr.version == 0)
		buf_str(out, a->path);
	else
		buf_printf(out, a->end.addr.version == 6 ? "[%s]:%u" : "%s:%u",
		           packet_addr_text(&a->end.addr, text), a->end.port);
}

uint32_t sock_inode(int fd, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		err_sys(err, errno, "fstat of a socket");
		return 0;
	}
	return (uint32_t)st.st_ino;
}
