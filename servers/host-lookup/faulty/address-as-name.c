/* fault: looks a name up where an address is wanted: no AI_NUMERICHOST */
/* SPDX-License-Identifier: MIT */
/*
 * address-as-name.c - looks names up with getaddrinfo(3) and getnameinfo(3), whatever the address
 * family
 *
 * usage: address-as-name host NAME | address ADDRESS | service NAME/PROTOCOL | port NUMBER/PROTOCOL
 * | protocol NAME
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NOT_FOUND       1
#define WRONG_USE       2
#define TRY_AGAIN_LATER 3
#define FAILED          4
#define PORT_MAX        65535
#define NUMBER_MAX      255 /* of a protocol: one byte of the IP header */

static int usage(const char *program)
{
	fprintf(stderr,
	        "usage: %s host NAME | address ADDRESS | service NAME/PROTOCOL | "
	        "port NUMBER/PROTOCOL | protocol NAME\n",
	        program);
	return WRONG_USE;
}

/* A whole decimal number up to @max. */
static bool number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoul(text, &end, 10);
	return *end == '\0' && errno == 0 && *value <= max;
}

/* Say why nothing was found. @what: of what kind it should have been. */
static int complain(int code, const char *what, const char *name)
{
	if (code == EAI_NONAME || code == EAI_SERVICE) {
		fprintf(stderr, "no such %s: %s\n", what, name);
		return NOT_FOUND;
	}
	if (code == EAI_NODATA) {
		fprintf(stderr, "no address: %s\n", name);
		return NOT_FOUND;
	}
	if (code == EAI_AGAIN) {
		fprintf(stderr, "try again: %s\n", name);
		return TRY_AGAIN_LATER;
	}
	fprintf(stderr, "failed: %s\n", code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
	return FAILED;
}

static int look_up_host(const char *name)
{
	/* one kind of socket: else each address would come once for each kind */
	struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME};
	struct addrinfo *list;
	int code = getaddrinfo(name, NULL, &hints, &list);

	if (code)
		return complain(code, "host", name);
	printf("canonical %s\n", list->ai_canonname ? list->ai_canonname : name);
	for (struct addrinfo *a = list; a && !code; a = a->ai_next) {
		char text[NI_MAXHOST];

		code = getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
		                   NI_NUMERICHOST);
		if (!code)
			printf("address %s\n", text);
	}
	freeaddrinfo(list);
	return code ? complain(code, "host", name) : EXIT_SUCCESS;
}

static int look_up_address(const char *address)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	char name[NI_MAXHOST];

	if (getaddrinfo(address, NULL, &hints, &list)) {
		fprintf(stderr, "not an address: %s\n", address);
		return WRONG_USE;
	}
	/* without NI_NAMEREQD an address without a name would be given back as it is */
	int code =
	    getnameinfo(list->ai_addr, list->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD);
	freeaddrinfo(list);
	if (code == EAI_NONAME) {
		fprintf(stderr, "no name: %s\n", address);
		return NOT_FOUND;
	}
	if (code)
		return complain(code, "host", address);
	printf("name %s\n", name);
	return EXIT_SUCCESS;
}

/* Cut "NAME/PROTOCOL" at its last slash. Returns the kind of socket, or -1. */
static int cut_protocol(char *text)
{
	char *slash = strrchr(text, '/');

	if (!slash || slash == text)
		return -1;
	*slash = '\0';
	return strcmp(slash + 1, "tcp") == 0   ? SOCK_STREAM
	       : strcmp(slash + 1, "udp") == 0 ? SOCK_DGRAM
	                                       : -1;
}

static int look_up_service(const char *whole, const char *name, int kind)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = kind};
	struct addrinfo *list;
	unsigned long port;

	if (number(name, PORT_MAX, &port)) {
		printf("port %lu\n", port);
		return EXIT_SUCCESS;
	}
	int code = getaddrinfo(NULL, name, &hints, &list);
	if (code)
		return complain(code, "service", whole);
	printf("port %d\n", ntohs(((struct sockaddr_in *)list->ai_addr)->sin_port));
	freeaddrinfo(list);
	return EXIT_SUCCESS;
}

static int look_up_port(const char *whole, unsigned long port, int kind)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
	char name[NI_MAXSERV], digits[NI_MAXSERV];
	int code = getnameinfo((struct sockaddr *)&a, sizeof a, NULL, 0, name, sizeof name,
	                       kind == SOCK_DGRAM ? NI_DGRAM : 0);

	/* a port without a name is given back as a number: NI_NAMEREQD is about hosts only */
	snprintf(digits, sizeof digits, "%lu", port);
	if (code || strcmp(name, digits) == 0)
		return complain(code ? code : EAI_SERVICE, "service", whole);
	printf("service %s\n", name);
	return EXIT_SUCCESS;
}

static int look_up_protocol(const char *name)
{
	unsigned long value;
	const struct protoent *p;

	if (number(name, NUMBER_MAX, &value)) {
		printf("number %lu\n", value);
		return EXIT_SUCCESS;
	}
	p = getprotobyname(name);
	if (!p)
		return complain(EAI_NONAME, "protocol", name);
	printf("number %d\n", p->p_proto);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	unsigned long port;
	char whole[NI_MAXHOST];
	int kind;

	if (argc != 3 || *argv[2] == '\0' || strlen(argv[2]) >= sizeof whole)
		return usage(argv[0]);
	setvbuf(stdout, NULL, _IOLBF, 0); /* a pipe would hold the lines back */
	if (strcmp(argv[1], "host") == 0)
		return look_up_host(argv[2]);
	if (strcmp(argv[1], "address") == 0)
		return look_up_address(argv[2]);
	if (strcmp(argv[1], "protocol") == 0)
		return look_up_protocol(argv[2]);
	strcpy(whole, argv[2]);
	kind = cut_protocol(argv[2]);
	if (kind >= 0 && strcmp(argv[1], "service") == 0)
		return look_up_service(whole, argv[2], kind);
	if (kind >= 0 && strcmp(argv[1], "port") == 0 && number(argv[2], PORT_MAX, &port))
		return look_up_port(whole, port, kind);
	return usage(argv[0]);
}
