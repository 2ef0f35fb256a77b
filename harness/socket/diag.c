/* SPDX-License-Identifier: MIT */
/*
 * diag.c - the kernel's own socket table, by netlink dumps of sock_diag(7)
 *
 * Theory. A dump is one request and many answers. It is not a snapshot: the kernel walks its tables
 * between our reads, so a socket that moves from one hash table to another meanwhile (an accepted
 * connection, one that goes to TIME_WAIT) may come twice; rows of equal cookie are one socket and
 * the later one counts. NLM_F_DUMP_INTR says that the walk was disturbed: then all is asked again.
 */
#include "socket/diag.h"
#include "base/err.h"
#include "base/mem.h"
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_ROOM 32768
#define TRIES       8

/* States 1 to 12. Not 13, sockets that are only bound: Linux 6.8 and later would list them, others
 * cannot. */
#define ALL_STATES 0x1ffeu
#define LISTEN_BIT (1u << DIAG_LISTEN)

static const uint32_t states[] = {
    [DIAG_ALL] = ALL_STATES,
    [DIAG_LISTENERS] = LISTEN_BIT,
    [DIAG_CONNECTIONS] = ALL_STATES & ~LISTEN_BIT,
};

struct dump {
	enum diag_family family;
	struct diag_table *out;
	uint32_t seq;
};

static struct diag_row *add_row(struct dump *d, uint8_t state, const uint32_t cookie[2])
{
	struct diag_table *t = d->out;
	MEM_ROOM(t->rows, t->count);
	struct diag_row *row = &t->rows[t->count++];
	memset(row, 0, sizeof *row);
	row->family = d->family;
	row->state = state;
	row->cookie = (uint64_t)cookie[1] << 32 | cookie[0];
	return row;
}

static void set_end(struct packet_end *end, int family, const __be32 *address, __be16 port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291, 2.5.5.2 */
	const uint8_t *bytes = (const uint8_t *)address;
	end->port = ntohs(port);
	if (family == AF_INET6 && memcmp(bytes, mapped, sizeof mapped) == 0) {
		bytes += sizeof mapped;
		family = AF_INET;
	}
	end->addr.version = family == AF_INET6 ? 6 : 4;
	memcpy(end->addr.bytes, bytes, family == AF_INET6 ? 16 : 4);
}

static size_t at_most(size_t n, size_t room)
{
	return n < room ? n : room;
}

static int inet_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct dump *d = arg;
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof *m)
		return MNL_CB_OK;
	struct diag_row *row = add_row(d, m->idiag_state, m->id.idiag_cookie);
	row->version = m->idiag_family == AF_INET6 ? 6 : 4;
	set_end(&row->local, m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
	set_end(&row->remote, m->idiag_family, m->id.idiag_dst, m->id.idiag_dport);
	row->receive_queue = m->idiag_rqueue;
	row->send_queue = m->idiag_wqueue;
	row->inode = m->idiag_inode;
	row->uid = m->idiag_uid;

	const struct nlattr *attr;
	mnl_attr_for_each(attr, nlh, sizeof *m)
	{
		size_t len = mnl_attr_get_payload_len(attr);
		switch (mnl_attr_get_type(attr)) {
		case INET_DIAG_INFO: /* grows from kernel to kernel, at its end */
			memcpy(&row->info, mnl_attr_get_payload(attr),
			       at_most(len, sizeof row->info));
			row->has_info = true;
			break;
		case INET_DIAG_SKV6ONLY:
			row->v6only = len > 0 && mnl_attr_get_u8(attr);
			break;
		}
	}
	return MNL_CB_OK;
}

static int unix_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct dump *d = arg;
	const struct unix_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof *m)
		return MNL_CB_OK;
	struct diag_row *row = add_row(d, m->udiag_state, m->udiag_cookie);
	row->inode = m->udiag_ino;
	row->unix_type = m->udiag_type;

	const struct nlattr *attr;
	mnl_attr_for_each(attr, nlh, sizeof *m)
	{
		const void *p = mnl_attr_get_payload(attr);
		size_t len = mnl_attr_get_payload_len(attr);
		struct unix_diag_rqlen queues;
		switch (mnl_attr_get_type(attr)) {
		case UNIX_DIAG_NAME:
			memcpy(row->path, p, at_most(len, sizeof row->path - 1));
			if (len > 0 && row->path[0] == '\0')
				row->path[0] = '@';
			break;
		case UNIX_DIAG_RQLEN:
			if (len < sizeof queues)
				break;
			memcpy(&queues, p, sizeof queues);
			row->receive_queue = queues.udiag_rqueue;
			row->send_queue = queues.udiag_wqueue;
			break;
		case UNIX_DIAG_UID:
			if (len >= sizeof row->uid)
				memcpy(&row->uid, p, sizeof row->uid);
			break;
		}
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *begin(char *room, uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	return nlh;
}

static void ask_inet(struct nlmsghdr *nlh, int family, int protocol, enum diag_part part,
                     bool with_info)
{
	struct inet_diag_req_v2 *req = mnl_nlmsg_put_extra_header(nlh, sizeof *req);
	req->sdiag_family = (uint8_t)family;
	req->sdiag_protocol = (uint8_t)protocol;
	req->idiag_states = states[part];
	req->idiag_ext = with_info ? 1u << (INET_DIAG_INFO - 1) : 0;
}

static void ask_unix(struct nlmsghdr *nlh)
{
	struct unix_diag_req *req = mnl_nlmsg_put_extra_header(nlh, sizeof *req);
	req->sdiag_family = AF_UNIX;
	req->udiag_states = ~0u;
	req->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
}

/* Send @nlh and take its answers into d->out. Returns 0 or an errno value; EINTR: the dump was
 * disturbed. */
static int run(struct mnl_socket *nl, struct dump *d, const struct nlmsghdr *nlh, mnl_cb_t answer)
{
	char room[ANSWER_ROOM];
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(nl, room, sizeof room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		int r = mnl_cb_run(room, (size_t)n, d->seq, mnl_socket_get_portid(nl), answer, d);
		if (r < 0)
			return errno; /* EINTR at NLM_F_DUMP_INTR: what is left of this dump dies
			                 with its socket */
		if (r == MNL_CB_STOP)
			return 0;
	}
}

static int by_cookie(const void *a, const void *b)
{
	const struct diag_row *x = a, *y = b;
	return x->cookie < y->cookie ? -1 : x->cookie > y->cookie;
}

static int by_end(const struct packet_end *x, const struct packet_end *y)
{
	int r = memcmp(x->addr.bytes, y->addr.bytes, sizeof x->addr.bytes);
	return r ? r : (int)x->port - (int)y->port;
}

static int by_meaning(const void *a, const void *b)
{
	const struct diag_row *x = a, *y = b;
	int r = (int)x->version - (int)y->version;
	if (!r)
		r = strcmp(x->path, y->path);
	if (!r)
		r = by_end(&x->local, &y->local);
	if (!r)
		r = by_end(&x->remote, &y->remote);
	if (!r)
		r = (int)x->state - (int)y->state;
	return r ? r : x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* TIME_WAIT and SYN_RECV rows may have no cookie of their own on older kernels: all ones or zero.
 */
static bool same_socket(const struct diag_row *x, const struct diag_row *y)
{
	return x->cookie == y->cookie && x->cookie != 0 && x->cookie != UINT64_MAX &&
	       by_end(&x->local, &y->local) == 0;
}

static void tidy(struct diag_table *t)
{
	size_t kept = 0;
	if (t->count == 0)
		return;
	qsort(t->rows, t->count, sizeof *t->rows, by_cookie);
	for (size_t i = 0; i < t->count; i++) {
		if (kept > 0 && same_socket(&t->rows[kept - 1], &t->rows[i]))
			kept--;
		t->rows[kept++] = t->rows[i];
	}
	t->count = kept;
	qsort(t->rows, t->count, sizeof *t->rows, by_meaning);
}

static struct mnl_socket *open_diag(void)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		int code = errno;
		mnl_socket_close(nl);
		errno = code;
		nl = NULL;
	}
	return nl;
}

static int read_once(enum diag_family family, enum diag_part part, bool with_info,
                     struct diag_table *out)
{
	char request[256] = {0};
	struct dump d = {.family = family, .out = out};
	struct mnl_socket *nl = open_diag();
	int code = nl ? 0 : errno;
	if (code)
		return code;
	if (family == DIAG_UNIX) {
		struct nlmsghdr *nlh = begin(request, ++d.seq);
		ask_unix(nlh);
		code = run(nl, &d, nlh, unix_answer);
	}
	for (int i = 0; i < 2 && !code && family != DIAG_UNIX; i++) {
		memset(request, 0, sizeof request);
		struct nlmsghdr *nlh = begin(request, ++d.seq);
		ask_inet(nlh, i == 0 ? AF_INET : AF_INET6,
		         family == DIAG_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		         family == DIAG_TCP ? part : DIAG_ALL, with_info && family == DIAG_TCP);
		code = run(nl, &d, nlh, inet_answer);
		if (i == 1 && code == ENOENT)
			code = 0; /* a kernel without IPv6 */
	}
	mnl_socket_close(nl);
	return code;
}

int diag_read(enum diag_family family, enum diag_part part, bool with_info, struct diag_table *out,
              struct err *err)
{
	static const char *const names[] = {
	    [DIAG_TCP] = "TCP", [DIAG_UDP] = "UDP", [DIAG_UNIX] = "AF_UNIX"};
	int code = EINTR;
	memset(out, 0, sizeof *out);
	for (int i = 0; i < TRIES && code == EINTR; i++) {
		out->count = 0;
		code = read_once(family, part, with_info, out);
	}
	if (code) {
		diag_free(out);
		return err_sys(err, code, "socket diagnostics for %s", names[family]);
	}
	tidy(out);
	return 0;
}

void diag_free(struct diag_table *t)
{
	free(t->rows);
	t->rows = NULL;
	t->count = 0;
}
