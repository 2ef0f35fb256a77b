/* SPDX-License-Identifier: MIT */
/*
 * scene.h - the picture of a case before it is drawn: hosts, connections and their states, rows
 *
 * Theory. scene_make() turns a timeline into rows in the order in which things happened. A row is a
 * step, a call, output, something of the wire, or a packet. A packet that arrives where it left,
 * before anything else happened, is one row; one that was held up has a row where it left and one
 * where it arrived or was lost. A packet's own events of the wire (hold, drop, inject) are words of
 * its row, not rows. In a long case stretches of alike packets, and the sends and receives that
 * made them, are one row.
 *
 * States of TCP are of two kinds. `asked`: the kernel said so when the script asked. Derived: what
 * RFC 9293 3.3.2 makes of what the host sent and of what was delivered to it; a kernel may
 * differ (a full accept queue drops the last ACK of a handshake). Drawings must tell them apart.
 *
 * Drawings read nothing but the scene. All texts here are one line of UTF-8 without control
 * characters; a drawing escapes what its own format needs. They belong to the scene.
 */
#ifndef SOCKPROOF_REPORT_SCENE_H
#define SOCKPROOF_REPORT_SCENE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct case_evidence;
struct timeline;

enum scene_kind {
	SCENE_STEP,    /* a verb of the script, of a socket or a program or none */
	SCENE_EXPECT,  /* an expectation of the script */
	SCENE_CALL,    /* a system call of a traced program */
	SCENE_OUTPUT,  /* bytes that a program wrote */
	SCENE_INPUT,   /* bytes given to a program */
	SCENE_PROGRAM, /* started, listens, stopped, exited */
	SCENE_STATE,   /* a state that was asked for */
	SCENE_WIRE,    /* of the wire as a whole: cut, mended */
	SCENE_NOTE,    /* the script's own words */
	SCENE_PACKET,  /* a packet leaves, and perhaps arrives */
	SCENE_ARRIVAL, /* a packet that left in an earlier row arrives or is lost */
	SCENE_RUN,     /* a stretch of alike packets, and the steps between them */
	SCENE_VERDICT, /* how a case ended that did not pass: the last row; no event */
};

enum scene_arrow {
	ARROW_NONE,
	ARROW_WHOLE,      /* leaves and arrives in this row */
	ARROW_LEAVES,     /* arrives, or is lost, in the row @other */
	ARROW_ARRIVES,    /* left in the row @other */
	ARROW_LOST,       /* leaves and is lost in this row */
	ARROW_LOST_LATER, /* is lost here, left in the row @other */
	ARROW_KEPT,       /* leaves and was still held when the case ended */
};

#define SCENE_NOBODY (-1)

struct scene_row {
	enum scene_kind kind;
	size_t event;      /* index in the timeline: `n` of timeline.jsonl */
	int64_t at;        /* ns since the case began */
	int64_t took;      /* SCENE_CALL: ns */
	int line;          /* of the scenario file; 0: none */
	int branch;        /* of the script; 0: the first or only */
	int host;          /* whose; SCENE_NOBODY: the script's or the wire's own */
	const char *who;   /* socket, program, gate; "" for none */
	const char *words; /* "connect(192.0.2.2:7) = 0"; of a packet "P. seq 1:18 ack 1 len 17" */
	const char
	    *mark; /* what is odd: "held by hold#1 (line 16)", "retransmission"; "" for none */
	const char *step; /* of a packet: the last step begun before it; "" for none */
	bool failed;      /* an expectation that does not hold */
	bool divergence;  /* evidence and expectation part here: at most one row */

	/* SCENE_PACKET, SCENE_ARRIVAL, SCENE_RUN */
	int64_t first, last; /* numbers of its packets: one, or a run's range; 0: none */
	int64_t kernel_at;   /* of the row where it leaves, ns since the case began: when the
	                        sending kernel showed it, as captures have it; 0: not known. @at is
	                        when   it came onto the link */
	enum scene_arrow arrow;
	int from, to; /* hosts; from SCENE_NOBODY: made by the wire; to: nobody has the address */
	int flow;     /* index in flows; -1: none, or several in a run */
	size_t other; /* the row where it left or arrives, see @arrow */
	size_t packets, steps; /* SCENE_RUN: how many of each it stands for */
};

/* One end of a TCP connection. */
struct scene_end {
	int flow, side;
	int host;           /* SCENE_NOBODY: nobody's address */
	unsigned lane;      /* among the ends of its host, from 0: ends that never stand at the same
	                       time share one */
	size_t first, last; /* rows where its state is known */
};

struct scene_change {
	size_t row;
	int end;           /* index in ends; -1: of a socket whose connection is not known */
	const char *state; /* "SYN_SENT", "ESTABLISHED", …: static or the scene's */
	bool asked;
	bool differs; /* asked, and not what the packets let expect */
};

struct scene_flow {
	const char *name;  /* "tcp client:50001 > server:7" */
	const char *ended; /* "closed", "reset", "refused", "open"; "" for UDP */
	uint64_t packets, bytes[2], retransmitted;
	int ends[2]; /* indexes in ends; -1: none (UDP) */
	bool tcp;
	unsigned index; /* in the timeline's flow table */
};

struct scene {
	const char *title;    /* "close/half-close family=ipv4 (reference)" */
	const char *verdict;  /* "pass", "fail", "skip", "error"; "" where nobody judged */
	const char *sentence; /* the verdict in one sentence; without one, how much there is */
	const char **hosts;
	size_t host_count;
	struct scene_flow *flows;
	size_t flow_count;
	struct scene_end *ends;
	size_t end_count;
	unsigned *lanes; /* how many for each host */
	struct scene_row *rows;
	size_t row_count;
	struct scene_change *changes; /* in order of rows */
	size_t change_count;
	int64_t packet_count;
	bool kernel_times;         /* a packet has one */
	size_t calls_left_out;     /* of a traced program's start, before its first socket */
	struct scene_texts *texts; /* opaque: who owns the texts */
};

struct scene_setting {
	int flow;       /* only this one (from 1, as the flows are numbered); 0: all */
	bool every_row; /* no runs: a row for each packet */
};

/* Never fails. Free it with scene_free(); nothing in it points into @c. */
void scene_make(struct scene *s, const struct case_evidence *c, const struct scene_setting *set);
void scene_free(struct scene *s);

#endif
