/* SPDX-License-Identifier: MIT */
/*
 * make_packet_seeds.c - writes the seeds of fuzz_packet into the folder given
 *
 *   cc -D_GNU_SOURCE -Iharness tests/fuzz/make_packet_seeds.c
 * harness/packet/{addr,build,checksum,icmp,packet,tcp}.c -o seeds
 *   ./seeds tests/fuzz/corpus/packet
 */
#include "packet/packet.h"
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seed {
	int version;
	uint8_t bytes[4096];
	size_t len;
};

static struct packet_end end_of(int version, int host)
{
	static const char *const addrs[2][2] = {{"192.0.2.1", "192.0.2.2"},
	                                        {"2001:db8::1", "2001:db8::2"}};
	struct packet_end e = {.port = host ? 6000 : 40000};

	packet_addr_parse(addrs[version == 6][host], &e.addr);
	return e;
}

static void put(struct seed *s, const uint8_t *datagram, size_t len)
{
	s->bytes[s->len++] = (uint8_t)(len >> 8);
	s->bytes[s->len++] = (uint8_t)len;
	memcpy(s->bytes + s->len, datagram, len);
	s->len += len;
}

static void build(struct seed *s, int from, struct packet_spec *spec)
{
	uint8_t out[512];

	spec->src = end_of(s->version, from);
	spec->dst = end_of(s->version, 1 - from);
	put(s, out, packet_build(spec, out, sizeof out));
}

static void say(struct seed *s, int from, uint8_t flags, uint32_t seq, uint32_t ack,
                const char *data)
{
	bool syn = flags & TCP_SYN;
	struct packet_spec spec = {
	    .protocol = IPPROTO_TCP,
	    .tcp = {.seq = 0xfffffff0 + seq,
	            .ack = 0xfffffff0 + ack,
	            .flags = flags,
	            .window = 500,
	            .has_mss = syn,
	            .mss = 1460,
	            .has_wscale = syn,
	            .wscale = 7,
	            .sack_permitted = syn,
	            .has_timestamps = true},
	    .payload = data,
	    .payload_len = strlen(data),
	};

	build(s, from, &spec);
}

static void tell_connection(struct seed *s)
{
	say(s, 0, TCP_SYN, 0, 0, "");
	say(s, 1, TCP_SYN | TCP_ACK, 0, 1, "");
	say(s, 0, TCP_ACK, 1, 1, "");
	say(s, 0, TCP_PSH | TCP_ACK, 1, 1, "hello");
	say(s, 0, TCP_PSH | TCP_ACK, 1, 1, "hello");
	say(s, 0, TCP_ACK, 9, 1, "ahead");
	say(s, 1, TCP_ACK, 1, 6, "");
	say(s, 0, TCP_ACK, 4, 1, "lo, ");
	say(s, 0, TCP_FIN | TCP_ACK, 14, 1, "");
	say(s, 1, TCP_FIN | TCP_ACK, 1, 15, "");
	say(s, 1, TCP_RST, 2, 0, "");
}

static void tell_udp_and_icmp(struct seed *s)
{
	struct packet_spec udp = {.protocol = IPPROTO_UDP, .payload = "ping", .payload_len = 4};
	uint8_t quoted[512] = {0};

	build(s, 0, &udp);
	memcpy(quoted + 4, s->bytes + 2, s->len - 2);
	struct packet_spec icmp = {
	    .protocol = s->version == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
	    .icmp_type = s->version == 4 ? 3 : 1,
	    .icmp_code = s->version == 4 ? 3 : 4,
	    .payload = quoted,
	    .payload_len = s->len - 2 + 4,
	};
	build(s, 1, &icmp);
}

/* A UDP datagram behind hop-by-hop options and a fragment header. */
static void tell_extensions(struct seed *s)
{
	static const uint8_t chain[] = {44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 9};
	struct packet_spec udp = {.protocol = IPPROTO_UDP, .payload = "ping", .payload_len = 4};
	uint8_t out[512];

	udp.src = end_of(6, 0);
	udp.dst = end_of(6, 1);
	size_t len = packet_build(&udp, out, sizeof out);
	memmove(out + 40 + sizeof chain, out + 40, len - 40);
	memcpy(out + 40, chain, sizeof chain);
	out[6] = 0;
	out[5] = (uint8_t)(out[5] + sizeof chain);
	put(s, out, len + sizeof chain);
}

static void save(const char *folder, const char *name, int version, void (*tell)(struct seed *))
{
	struct seed s = {.version = version};
	char path[4096];

	tell(&s);
	snprintf(path, sizeof path, "%s/%s-ipv%d", folder, name, version);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(s.bytes, 1, s.len, f) != s.len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: seeds FOLDER\n", stderr);
		return 2;
	}
	for (int version = 4; version <= 6; version += 2) {
		save(argv[1], "connection", version, tell_connection);
		save(argv[1], "udp-icmp", version, tell_udp_and_icmp);
	}
	save(argv[1], "extensions", 6, tell_extensions);
	return 0;
}
