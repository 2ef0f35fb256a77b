/* SPDX-License-Identifier: MIT */
/*
 * state.c - names of TCP states: RFC 9293, 3.3.2, as ss(8) and the kernel spell them
 */
#include "socket/diag.h"
#include <string.h>

static const char *const names[] = {
    [DIAG_ESTABLISHED] = "ESTABLISHED",
    [DIAG_SYN_SENT] = "SYN_SENT",
    [DIAG_SYN_RECV] = "SYN_RECV",
    [DIAG_FIN_WAIT1] = "FIN_WAIT1",
    [DIAG_FIN_WAIT2] = "FIN_WAIT2",
    [DIAG_TIME_WAIT] = "TIME_WAIT",
    [DIAG_CLOSE] = "CLOSE",
    [DIAG_CLOSE_WAIT] = "CLOSE_WAIT",
    [DIAG_LAST_ACK] = "LAST_ACK",
    [DIAG_LISTEN] = "LISTEN",
    [DIAG_CLOSING] = "CLOSING",
    [DIAG_CLOSING + 1] = "SYN_RECV", /* TCP_NEW_SYN_RECV */
};

/* What else people write. */
static const struct {
	const char *name;
	uint8_t state;
} others[] = {
    {"FIN_WAIT_1", DIAG_FIN_WAIT1}, {"FIN_WAIT_2", DIAG_FIN_WAIT2}, {"SYN_RECEIVED", DIAG_SYN_RECV},
    {"CLOSED", DIAG_CLOSE},         {"ESTAB", DIAG_ESTABLISHED},
};

const char *diag_state_text(uint8_t state)
{
	return state < sizeof names / sizeof names[0] && names[state] ? names[state] : "?";
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if ((*a == '-' ? '_' : *a) != *b)
			return false;
	}
	return *a == *b;
}

int diag_state_number(const char *name)
{
	for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
		if (names[i] && same_name(name, names[i]))
			return i;
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (same_name(name, others[i].name))
			return others[i].state;
	}
	return -1;
}
