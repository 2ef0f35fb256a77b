/* SPDX-License-Identifier: MIT */
/*
 * diag.h - the kernel's own socket table by socket diagnostics (sock_diag(7)): states, queues,
 * TCP_INFO
 *
 * A query speaks of the network namespace this thread is in.
 */
#ifndef SOCKPROOF_SOCKET_DIAG_H
#define SOCKPROOF_SOCKET_DIAG_H
#include "packet/packet.h"
#include <linux/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum diag_family { DIAG_TCP, DIAG_UDP, DIAG_UNIX };

/* States as the kernel numbers them (include/net/tcp_states.h); <netinet/tcp.h> cannot be had
 * beside <linux/tcp.h>. */
enum diag_state {
	DIAG_ESTABLISHED = 1,
	DIAG_SYN_SENT,
	DIAG_SYN_RECV,
	DIAG_FIN_WAIT1,
	DIAG_FIN_WAIT2,
	DIAG_TIME_WAIT,
	DIAG_CLOSE,
	DIAG_CLOSE_WAIT,
	DIAG_LAST_ACK,
	DIAG_LISTEN,
	DIAG_CLOSING,
};

/* One row. */
struct diag_row {
	enum diag_family family;
	uint8_t version; /* 4, 6; 0 for AF_UNIX */
	uint8_t state;   /* enum diag_state; AF_UNIX: LISTEN, ESTABLISHED or CLOSE */
	struct packet_end local, remote; /* v4-mapped addresses are given as IPv4 with @version 6 */
	bool v6only;
	uint32_t receive_queue; /* bytes unread; a listener: connections waiting for accept
	                           (inet_diag idiag_rqueue) */
	uint32_t
	    send_queue; /* bytes unacknowledged or unsent; a listener: the limit (idiag_wqueue) */
	uint32_t inode; /* 0: owned by no process (TIME_WAIT, orphan, waiting in an accept queue) */
	uint32_t uid;
	uint64_t cookie;
	bool has_info;
	struct tcp_info info; /* DIAG_TCP when asked for */
	char path[109];       /* AF_UNIX: its name, NUL-terminated; abstract names begin with '@' */
	int unix_type;        /* AF_UNIX: SOCK_STREAM, … */
};

/* A table of rows, sorted by (family, version, local, remote, state, inode). Zero-initialise;
 * diag_free() releases. */
struct diag_table {
	struct diag_row *rows;
	size_t count;
};

/* Which rows of DIAG_TCP; other families are always read whole. A part costs less: the kernel walks
 * the tables of listeners and of connections one by one, and all namespaces share the former. */
enum diag_part { DIAG_ALL, DIAG_LISTENERS, DIAG_CONNECTIONS };

/*
 * Read the table of @family. with_info: TCP_INFO for each TCP row.
 * Returns 0, or -1 with @err set (no inet_diag, interrupted dump after several tries).
 */
int diag_read(enum diag_family family, enum diag_part part, bool with_info, struct diag_table *out,
              struct err *err);
void diag_free(struct diag_table *t);

/* "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", … as RFC 9293's names with underscores; "?"
 * for none such. */
const char *diag_state_text(uint8_t state);
/* The state of such a name; -1 when there is none. Accepts '-' for '_' and "LISTEN", "TIME_WAIT".
 */
int diag_state_number(const char *name);

#endif
