/* SPDX-License-Identifier: MIT */
/*
 * spoofs.c - sends a datagram under an address that is not its host's: spoofs FROM TO PORT
 *
 * IPv6 lets everybody do so. IPv4 asks for IP_TRANSPARENT, and that for a capability.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* linux/in6.h */
#endif

int main(int argc, char **argv)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *from, *to;
	int one = 1;

	if (argc != 4 || getaddrinfo(argv[1], "6001", &hints, &from) != 0 ||
	    getaddrinfo(argv[2], argv[3], &hints, &to) != 0)
		return 2;
	int s = socket(from->ai_family, SOCK_DGRAM, 0);
	int r = from->ai_family == AF_INET6
	            ? setsockopt(s, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof one)
	            : setsockopt(s, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof one);
	if (r < 0) {
		perror("setsockopt");
		return 1;
	}
	if (bind(s, from->ai_addr, from->ai_addrlen) < 0 ||
	    sendto(s, "hello", 5, 0, to->ai_addr, to->ai_addrlen) < 0) {
		perror("send");
		return 1;
	}
	return 0;
}
