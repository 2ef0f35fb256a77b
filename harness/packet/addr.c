/* SPDX-License-Identifier: MIT */
/*
 * addr.c - addresses and TCP flags as text, addresses compared
 */
#include "packet/packet.h"
#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

const char *packet_addr_text(const struct packet_addr *a, char text[static 46])
{
	static_assert(INET6_ADDRSTRLEN <= 46, "the longest IPv6 address fits");
	if ((a->version != 4 && a->version != 6) ||
	    !inet_ntop(a->version == 4 ? AF_INET : AF_INET6, a->bytes, text, 46))
		memcpy(text, "?", sizeof "?");
	return text;
}

bool packet_addr_parse(const char *text, struct packet_addr *a)
{
	*a = (struct packet_addr){0};
	if (inet_pton(AF_INET, text, a->bytes) == 1)
		a->version = 4;
	else if (inet_pton(AF_INET6, text, a->bytes) == 1)
		a->version = 6;
	return a->version != 0;
}

bool packet_addr_equal(const struct packet_addr *a, const struct packet_addr *b)
{
	return a->version == b->version && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool packet_end_equal(const struct packet_end *a, const struct packet_end *b)
{
	return a->port == b->port && packet_addr_equal(&a->addr, &b->addr);
}

const char *packet_flags_text(uint8_t flags, char text[static 16])
{
	/* tcpdump's order */
	static const struct {
		uint8_t bit;
		char letter;
	} letters[] = {
	    {TCP_FIN, 'F'}, {TCP_SYN, 'S'}, {TCP_RST, 'R'}, {TCP_PSH, 'P'},
	    {TCP_ACK, '.'}, {TCP_URG, 'U'}, {TCP_ECE, 'E'}, {TCP_CWR, 'W'},
	};
	size_t n = 0;

	if (flags == 0)
		return "none";
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (flags & letters[i].bit)
			text[n++] = letters[i].letter;
	text[n] = '\0';
	return text;
}
