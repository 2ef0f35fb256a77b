/* SPDX-License-Identifier: MIT */
/*
 * syn-dropped-when-full.c - a SYN that meets a full accept queue is not answered at all, neither
 * SYN-ACK nor RST, and the kernel counts it in ListenOverflows (net/ipv4/tcp_input.c,
 * tcp_conn_request())
 */
#include "fact.h"

/* A counter of TcpExt in /proc/net/netstat of the server: a line of names, then a line of numbers.
 */
static long counter(const struct world *w, const char *name)
{
	struct err err = {0};
	char names[4096], values[4096];
	long found = -1;
	if (host_enter(world_host(w, SERVER), &err) < 0)
		untried("enter", &err);
	FILE *f = fopen("/proc/thread-self/net/netstat", "re");
	if (host_leave(world_host(w, SERVER), &err) < 0 || !f)
		untried("/proc/net/netstat", &err);
	while (found < 0 && fgets(names, sizeof names, f) && fgets(values, sizeof values, f)) {
		char *a, *b, *n = strtok_r(names, " \n", &a), *v = strtok_r(values, " \n", &b);
		for (; n && v; n = strtok_r(NULL, " \n", &a), v = strtok_r(NULL, " \n", &b)) {
			if (strcmp(n, name) == 0)
				found = strtol(v, NULL, 10);
		}
	}
	fclose(f);
	return found;
}

static int fact(void)
{
	for (int version = 4; version <= 6; version += 2) {
		uint8_t syn[DATAGRAM], answer[DATAGRAM];
		char text[16];
		struct packet p;
		struct world *w = two_hosts();
		listener(w, version, 1);
		connected(w, version);
		connected(w, version);
		long before = counter(w, "ListenOverflows");
		begin_connect(w, version);
		size_t len = take(w, CLIENT, syn);
		if (!len || packet_decode(&p, syn, len) < 0 || p.tcp.flags != TCP_SYN)
			return differs("the client sent no SYN");
		give(w, SERVER, syn, len);
		len = take(w, SERVER, answer);
		if (len) {
			packet_decode(&p, answer, len);
			return differs("IPv%d: the SYN was answered with %s", version,
			               words(&p, text));
		}
		if (counter(w, "ListenOverflows") != before + 1)
			return differs("IPv%d: ListenOverflows went from %ld to %ld", version,
			               before, counter(w, "ListenOverflows"));
		world_close(&w);
	}
	return HOLDS;
}

int main(void)
{
	return in_isolation(fact);
}
