/* SPDX-License-Identifier: MIT */
/*
 * sock.h - scripted sockets: the harness itself calls the sockets API inside a host
 *
 * A socket is opened inside a host (setns, socket, back) and stays there. Descriptors are
 * non-blocking underneath; each call is made once and its outcome given as it was, EAGAIN included:
 * waiting is the caller's business.
 */
#ifndef SOCKPROOF_SOCKET_SOCK_H
#define SOCKPROOF_SOCKET_SOCK_H
#include "base/mem.h"
#include "packet/packet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct host;

enum sock_kind {
	SOCK_KIND_TCP,
	SOCK_KIND_UDP,
	SOCK_KIND_UNIX_STREAM,
	SOCK_KIND_UNIX_DGRAM,
	SOCK_KIND_UNIX_SEQPACKET
};
const char *
sock_kind_text(enum sock_kind k);       /* "tcp", "udp", "unix", "unix-dgram", "unix-seqpacket" */
int sock_kind_number(const char *name); /* -1: none such */

/* An address of any family a script can speak of. */
struct sock_address {
	struct packet_end end; /* end.addr.version 0: a UNIX path */
	char path[127]; /* '@' first: abstract. More than sun_path's 108: the kernel refuses it */
};

/* The descriptor (close(2) it), non-blocking, close-on-exec; or -1 with @err set. version: 4 or 6
 * (ignored for UNIX). */
int sock_open(struct host *h, enum sock_kind kind, int version, struct err *err);

/* Outcome of one call: result as the call returned it (-1 on failure) and errno then (0 on
 * success). */
struct sock_outcome {
	int64_t result;
	int error;
};
struct sock_outcome sock_bind(int fd, const struct sock_address *a);
struct sock_outcome sock_connect(int fd, const struct sock_address *a);
struct sock_outcome sock_listen(int fd, int backlog);
/* result: the new descriptor (non-blocking, close-on-exec). @peer may be NULL. */
struct sock_outcome sock_accept(int fd, struct sock_address *peer);
struct sock_outcome sock_send(int fd, const void *p, size_t len, int flags,
                              const struct sock_address *to);
/* msg_flags: MSG_TRUNC, MSG_OOB, … as recvmsg(2) set them; may be NULL. */
struct sock_outcome sock_recv(int fd, void *p, size_t room, int flags, struct sock_address *from,
                              int *msg_flags);

/* What goes along with bytes through an AF_UNIX socket (unix(7), SCM_RIGHTS, SCM_CREDENTIALS). */
#define SOCK_CONTROL_FDS 16
struct sock_control {
	int fds[SOCK_CONTROL_FDS]; /* received ones are the caller's to close(2); close-on-exec */
	int count;
	bool has_credentials; /* received only, and only with SO_PASSCRED */
	int64_t pid, uid, gid;
};
/* As sock_send(): @control's descriptors go along. */
struct sock_outcome sock_send_control(int fd, const void *p, size_t len, int flags,
                                      const struct sock_address *to,
                                      const struct sock_control *control);
/* As sock_recv(): what came along is put into @control. Without room for it (sock_recv()) the
 * kernel drops it and says MSG_CTRUNC. */
struct sock_outcome sock_recv_control(int fd, void *p, size_t room, int flags,
                                      struct sock_address *from, int *msg_flags,
                                      struct sock_control *control);
/* Who connected or listened at the other end (SO_PEERCRED), into pid, uid and gid of @control. */
struct sock_outcome sock_peer_credentials(int fd, struct sock_control *control);
/* enum sock_kind of any descriptor; -1: none that has a name here. */
int sock_kind_of(int fd);

struct sock_outcome sock_shutdown(int fd, int how);
struct sock_outcome sock_name(int fd, struct sock_address *a);
struct sock_outcome sock_peer(int fd, struct sock_address *a);
/* The pending error, taken (SO_ERROR). */
struct sock_outcome sock_take_error(int fd);

/* Options by name: "SO_REUSEADDR", "TCP_NODELAY", "IPV6_V6ONLY", "SO_RCVBUF", … integers and flags.
 */
struct sock_option {
	const char *name;
	int level, option;
	bool writable;
	bool is_time; /* a struct timeval; its value here: microseconds */
};
const struct sock_option *sock_option_find(const char *name); /* NULL: none such */
const struct sock_option *sock_option_list(size_t *count);
struct sock_outcome sock_option_set(int fd, const struct sock_option *o, int value);
struct sock_outcome sock_option_get(int fd, const struct sock_option *o, int *value);
/* seconds < 0: off. (socket(7), SO_LINGER) */
struct sock_outcome sock_linger(int fd, int seconds);

/* MSG_* by name: "OOB", "PEEK", "DONTWAIT", "NOSIGNAL", "WAITALL", "MORE", "TRUNC", "EOR",
 * "DONTROUTE"; 0: none such. */
int sock_flag(const char *name);
/* "192.0.2.1:80", "[2001:db8::1]:80", "/path", "@abstract" */
void sock_address_text(const struct sock_address *a, struct buf *out);

/* The socket's inode (fstat(2)), by which diag.h names it. 0 with @err set on failure. */
uint32_t sock_inode(int fd, struct err *err);

#endif
