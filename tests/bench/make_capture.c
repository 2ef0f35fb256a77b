/* SPDX-License-Identifier: MIT */
/*
 * make_capture.c - a large capture for ci/bench, the same bytes every time
 *
 *   make_capture CONNECTIONS [pcap|pcapng] > FILE
 *
 * Each connection has a handshake, requests and answers of 0 to 1448 bytes, some of them twice, and
 * a FIN each way (or, one in 16, an RST): about 16.6 packets of 480 bytes on an average. 4,096 of
 * them are under way at any time, in no order, over IPv4 on Ethernet: 181,000 make 3.0 million
 * packets and 1.44 GB.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVE = 4096, HEADERS = 14 + 20 + 32, FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

struct connection {
	uint32_t number, seq[2];
	unsigned step, steps;
	bool reset, live;
};

static uint64_t state = 42; /* splitmix64 */
static bool ng;
static uint64_t now; /* us */
static unsigned long packets;

static uint64_t chance(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

static void put(const void *p, size_t len)
{
	if (fwrite(p, 1, len, stdout) != len) {
		perror("make_capture");
		exit(1);
	}
}

static void big16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void big32(uint8_t *p, uint32_t v)
{
	big16(p, v >> 16);
	big16(p + 2, v & 0xffff);
}

static void put_frame(const uint8_t *frame, uint32_t len)
{
	static const uint8_t zeros[4];

	now += chance(40);
	packets++;
	if (ng) {
		uint64_t at = (UINT64_C(1700000000) * 1000000 + now) * 1000;
		uint32_t padded = (len + 3) & ~3u;
		uint32_t head[] = {6, 32 + padded, 0, (uint32_t)(at >> 32), (uint32_t)at, len, len};
		put(head, sizeof head);
		put(frame, len);
		put(zeros, padded - len);
		put(&head[1], 4);
	} else {
		uint32_t head[] = {1700000000u + (uint32_t)(now / 1000000),
		                   (uint32_t)(now % 1000000), len, len};
		put(head, sizeof head);
		put(frame, len);
	}
}

static void put_segment(struct connection *c, int dir, unsigned flags, unsigned payload)
{
	static uint8_t frame[HEADERS + 1448];
	uint8_t *ip = frame + 14, *tcp = ip + 20;
	uint8_t client[4] = {10, (uint8_t)(c->number >> 16), (uint8_t)(c->number >> 8),
	                     (uint8_t)c->number};
	uint8_t server[4] = {192, 0, 2, (uint8_t)(1 + c->number % 8)};

	memset(frame, 0, HEADERS);
	big16(frame + 12, 0x0800);
	ip[0] = 0x45;
	big16(ip + 2, 20 + 32 + payload);
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, dir ? server : client, 4);
	memcpy(ip + 16, dir ? client : server, 4);
	big16(tcp, dir ? 80 : 20000 + c->number % 40000);
	big16(tcp + 2, dir ? 20000 + c->number % 40000 : 80);
	big32(tcp + 4, c->seq[dir]);
	if (flags & ACK)
		big32(tcp + 8, c->seq[!dir]);
	tcp[12] = 8 << 4;
	tcp[13] = (uint8_t)flags;
	big16(tcp + 14, 64240);
	memset(tcp + 20, 1, 12); /* options: NOPs */
	memset(frame + HEADERS, 'a' + (int)(c->number % 26), payload);
	put_frame(frame, HEADERS + payload);
	if (payload > 0 && chance(64) == 0) /* lost behind us: sent again */
		put_frame(frame, HEADERS + payload);
	c->seq[dir] += payload + !!(flags & SYN) + !!(flags & FIN);
}

static void begin(struct connection *c, uint32_t number)
{
	*c = (struct connection){.number = number,
	                         .seq = {(uint32_t)chance(1u << 31), (uint32_t)chance(1u << 31)},
	                         .steps = 3 + (unsigned)chance(22),
	                         .reset = chance(16) == 0,
	                         .live = true};
}

static void advance(struct connection *c)
{
	unsigned step = c->step++;

	if (step == 0) {
		put_segment(c, 0, SYN, 0);
	} else if (step == 1) {
		put_segment(c, 1, SYN | ACK, 0);
	} else if (step == 2) {
		put_segment(c, 0, ACK, 0);
	} else if (step < c->steps) {
		bool pure = chance(2) == 0;

		put_segment(c, chance(4) > 0, pure ? ACK : PSH | ACK,
		            pure ? 0 : 1448 - (unsigned)(chance(4) ? 0 : chance(1448)));
	} else if (c->reset) {
		put_segment(c, 0, RST | ACK, 0);
		c->live = false;
	} else {
		put_segment(c, step % 2 ? 0 : 1, FIN | ACK, 0);
		put_segment(c, step % 2 ? 1 : 0, FIN | ACK, 0);
		put_segment(c, step % 2 ? 0 : 1, ACK, 0);
		c->live = false;
	}
}

static void put_header(void)
{
	static const uint32_t classic[] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
	static const uint32_t section[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, ~0u, ~0u, 28};
	static const uint32_t interface[] = {1, 32, 1, 262144, 9 | 1 << 16, 9, 0, 32};

	if (!ng) {
		put(classic, sizeof classic);
		return;
	}
	put(section, sizeof section);
	put(interface, sizeof interface);
}

int main(int argc, char **argv)
{
	static struct connection active[ACTIVE];
	static char buffer[1 << 20];
	uint32_t total = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0, begun = 0, ended = 0;

	ng = argc > 2 && strcmp(argv[2], "pcapng") == 0;
	if (total == 0) {
		fputs("usage: make_capture CONNECTIONS [pcap|pcapng] > FILE\n", stderr);
		return 2;
	}
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	put_header();
	while (ended < total) {
		struct connection *c = &active[chance(ACTIVE)];

		if (!c->live) {
			if (begun == total)
				continue;
			begin(c, begun++);
		}
		advance(c);
		ended += !c->live;
	}
	fprintf(stderr, "%u connections, %lu packets\n", total, packets);
	return fflush(stdout) == 0 ? 0 : 1;
}
