/* SPDX-License-Identifier: MIT */
/*
 * packet.h - what an IP datagram says: IPv4, IPv6 with extension headers, TCP, UDP, ICMP, ICMPv6
 *
 * Pure functions over bytes; no allocation. Every byte is read through struct reader (reader.h).
 */
#ifndef SOCKPROOF_PACKET_PACKET_H
#define SOCKPROOF_PACKET_PACKET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_FIN 0x01u
#define TCP_SYN 0x02u
#define TCP_RST 0x04u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u
#define TCP_URG 0x20u
#define TCP_ECE 0x40u
#define TCP_CWR 0x80u

struct packet_addr {
	uint8_t version;   /* 4 or 6; 0: none */
	uint8_t bytes[16]; /* the first 4 for IPv4, the others 0 */
};

struct packet_end {
	struct packet_addr addr;
	uint16_t port; /* host order; 0 where the protocol has none */
};

/* TCP options that were there (RFC 9293 3.2, 7323, 2018, 7413). */
struct packet_tcp {
	uint32_t seq, ack;
	uint8_t flags;   /* TCP_* */
	uint16_t window; /* as sent, not scaled */
	uint16_t urgent;
	bool has_mss, has_wscale, sack_permitted, has_timestamps, has_fastopen;
	uint16_t mss;
	uint8_t wscale;
	uint32_t tsval, tsecr;
	unsigned sack_count; /* at most 4 */
	struct {
		uint32_t left, right;
	} sack[4];
	uint8_t options_len; /* bytes of options, padding included */
};

/* The datagram that an ICMP error quotes (RFC 792; RFC 4443 3). */
struct packet_quote {
	bool present;
	struct packet_end src, dst;
	uint8_t protocol;
	bool has_ports;
	bool has_seq;
	uint32_t seq; /* TCP's, when at least 8 bytes are quoted */
};

struct packet {
	const uint8_t *data; /* IP header onwards; borrowed */
	size_t len;          /* bytes there */
	uint8_t version;
	struct packet_end src, dst;
	uint8_t protocol; /* IPPROTO_* of the last header */
	uint8_t ttl;      /* or hop limit */
	uint8_t ecn;      /* two bits, RFC 3168 */
	bool fragment;    /* part of a fragmented datagram */
	bool more_fragments;
	uint16_t fragment_offset; /* bytes */
	uint32_t ident;
	bool has_ports;     /* TCP or UDP header was readable */
	size_t header_off;  /* where the last header (TCP, UDP, ICMP) begins */
	size_t payload_off; /* where its payload begins; for ICMP behind type, code and checksum */
	size_t payload_len; /* bytes there, link padding excluded */
	struct packet_tcp tcp;
	uint8_t icmp_type, icmp_code; /* ICMP and ICMPv6 */
	struct packet_quote quote;
	const char *problem; /* NULL, or the first thing that is wrong, in words; static storage */
	bool checksum_ok;    /* of the last header; true where there is none to check or a fragment
	                        hides it */
};

/*
 * Decode @len bytes. What was readable is filled in even when something is wrong.
 * Returns 0, or -1 with @p->problem set. @data must outlive @p.
 */
int packet_decode(struct packet *p, const uint8_t *data, size_t len);

/* "192.0.2.1" or "2001:db8::1" into @text. Returns @text. */
const char *packet_addr_text(const struct packet_addr *a, char text[static 46]);
bool packet_addr_parse(const char *text, struct packet_addr *a);
bool packet_addr_equal(const struct packet_addr *a, const struct packet_addr *b);
bool packet_end_equal(const struct packet_end *a, const struct packet_end *b);

/* tcpdump's letters for TCP flags: "S", "S.", ".", "P.", "F.", "R", "R.", "U", "W", "E"; "none" for
 * no flag. */
const char *packet_flags_text(uint8_t flags, char text[static 16]);

/* A pattern's words for the ICMP or ICMPv6 message: "unreachable port", "echo"; "type 5 code 1" for
 * one without a name. Static storage or @text. */
const char *packet_icmp_text(const struct packet *p, char text[static 32]);

/* The other way round: type and code of the message that @words name in IPv4 or IPv6 (@version).
 * Returns false when none is called so. */
bool packet_icmp_number(uint8_t version, const char *words, uint8_t *type, uint8_t *code);

/*
 * Set the IPv4 header checksum and that of the TCP, UDP, ICMP or ICMPv6 header in @data to what
 * they must be (RFC 1071, RFC 8200 8.1). Leaves fragments' upper layers alone. Returns 0, or -1
 * when @data is no datagram that can be decoded.
 */
int packet_mend_checksums(uint8_t *data, size_t len);

/* What packet_build() shall make. Zero-initialise; lengths in bytes. */
struct packet_spec {
	struct packet_end src, dst;
	uint8_t protocol; /* IPPROTO_TCP, _UDP, _ICMP, _ICMPV6 or any number */
	uint8_t ttl;      /* 0: 64 */
	struct packet_tcp
	    tcp; /* seq, ack, flags, window, urgent, mss, wscale, timestamps, sack_permitted */
	uint8_t icmp_type, icmp_code;
	const void *payload; /* borrowed; for ICMP what follows the first four bytes */
	size_t payload_len;
};

/* Write the datagram with right checksums into @out. Returns its length, or 0 when @room is too
 * small or the versions differ. */
size_t packet_build(const struct packet_spec *spec, uint8_t *out, size_t room);

#endif
