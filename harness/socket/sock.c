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

/* unix(7): a path takes its NUL along when there is room, an abstract name is as long as it is.
 * What is longer than sun_path goes on into the room behind it: whether that may be is the kernel's
 * to say. */
static socklen_t pack_path(const char *path, union any_address *out)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	size_t len = strlen(path);
	out->sa.sa_family = AF_UNIX;
	memcpy((char *)out + start, path, len);
	if (len > 0 && path[0] == '@')
		out->un.sun_path[0] = '\0';
	else if (len > 0 && len < sizeof out->un.sun_path)
		len++;
	return (socklen_t)(start + len);
}
static_assert(offsetof(struct sockaddr_un, sun_path) + sizeof((struct sock_address *)0)->path <=
                  sizeof(union any_address) + 1,
              "the longest path fits");

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
		return pack_path(a->path, out);
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

union control_room {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(SOCK_CONTROL_FDS * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

static void put_fds(struct msghdr *msg, const struct sock_control *control)
{
	size_t len = (size_t)control->count * sizeof(int);
	msg->msg_controllen = CMSG_SPACE(len);
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), control->fds, len);
}

struct sock_outcome sock_send_control(int fd, const void *p, size_t len, int flags,
                                      const struct sock_address *to,
                                      const struct sock_control *control)
{
	union any_address address;
	union control_room room;
	struct iovec iov = {.iov_base = (void *)p, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	if (to) {
		msg.msg_name = &address;
		msg.msg_namelen = pack(to, &address);
	}
	if (control && control->count > 0) {
		memset(&room, 0, sizeof room);
		msg.msg_control = room.bytes;
		put_fds(&msg, control);
	}
	/* EPIPE is an outcome; SIGPIPE would end the harness */
	return outcome(sendmsg(fd, &msg, flags | MSG_NOSIGNAL));
}

struct sock_outcome sock_send(int fd, const void *p, size_t len, int flags,
                              const struct sock_address *to)
{
	return sock_send_control(fd, p, len, flags, to, NULL);
}

static void take_control(struct msghdr *msg, struct sock_control *control)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);
		struct ucred who;
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS) {
			control->count = (int)(len / sizeof(int));
			memcpy(control->fds, CMSG_DATA(c), len);
		} else if (c->cmsg_type == SCM_CREDENTIALS && len >= sizeof who) {
			memcpy(&who, CMSG_DATA(c), sizeof who);
			control->has_credentials = true;
			control->pid = who.pid;
			control->uid = who.uid;
			control->gid = who.gid;
		}
	}
}

struct sock_outcome sock_recv_control(int fd, void *p, size_t room, int flags,
                                      struct sock_address *from, int *msg_flags,
                                      struct sock_control *control)
{
	union any_address address;
	union control_room beside;
	struct iovec iov = {.iov_base = p, .iov_len = room};
	struct msghdr msg = {
	    .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &iov, .msg_iovlen = 1};
	memset(&address, 0, sizeof address);
	if (control) {
		*control = (struct sock_control){0};
		msg.msg_control = beside.bytes;
		msg.msg_controllen = sizeof beside.bytes;
	}
	struct sock_outcome o = outcome(recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC));
	if (control && o.result >= 0)
		take_control(&msg, control);
	if (msg_flags)
		*msg_flags = o.result < 0 ? 0 : msg.msg_flags & ~MSG_CMSG_CLOEXEC;
	if (from)
		unpack(&address, o.result < 0 ? 0 : msg.msg_namelen, from);
	return o;
}

struct sock_outcome sock_recv(int fd, void *p, size_t room, int flags, struct sock_address *from,
                              int *msg_flags)
{
	return sock_recv_control(fd, p, room, flags, from, msg_flags, NULL);
}

struct sock_outcome sock_peer_credentials(int fd, struct sock_control *control)
{
	struct ucred who = {0};
	socklen_t len = sizeof who;
	struct sock_outcome o = outcome(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len));
	*control = (struct sock_control){.pid = who.pid, .uid = who.uid, .gid = who.gid};
	return o;
}

int sock_kind_of(int fd)
{
	int domain, type;
	socklen_t len = sizeof domain;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0)
		return -1;
	len = sizeof type;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		return -1;
	if (domain == AF_UNIX)
		return type == SOCK_STREAM  ? SOCK_KIND_UNIX_STREAM
		       : type == SOCK_DGRAM ? SOCK_KIND_UNIX_DGRAM
		                            : SOCK_KIND_UNIX_SEQPACKET;
	if (domain != AF_INET && domain != AF_INET6)
		return -1;
	return type == SOCK_STREAM ? SOCK_KIND_TCP : type == SOCK_DGRAM ? SOCK_KIND_UDP : -1;
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
