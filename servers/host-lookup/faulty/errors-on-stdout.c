/* fault: says on stdout what it should say on stderr: who reads its answer reads that it has none
 */
/* SPDX-License-Identifier: MIT */
/*
 * errors-on-stdout.c - looks names up with the calls that were there before getaddrinfo(3)
 *
 * usage: errors-on-stdout host NAME | address ADDRESS | service NAME/PROTOCOL | port
 * NUMBER/PROTOCOL | protocol NAME
 */
#include <arpa/inet.h>
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

static int not_found(const char *what, const char *name)
{
	printf("no %s: %s\n", what, name);
	return NOT_FOUND;
}

/* What h_errno says. */
static int complain(const char *not_there, const char *no_data, const char *name)
{
	switch (h_errno) {
	case HOST_NOT_FOUND:
		return not_found(not_there, name);
	case NO_DATA:
		return not_found(no_data, name);
	case TRY_AGAIN:
		printf("try again: %s\n", name);
		return TRY_AGAIN_LATER;
	default:
		fprintf(stderr, "failed: %s\n", hstrerror(h_errno));
		return FAILED;
	}
}

static int look_up_host(const char *name)
{
	const struct hostent *h = gethostbyname(name);

	if (!h)
		return complain("such host", "address", name);
	printf("canonical %s\n", h->h_name);
	for (char **a = h->h_addr_list; *a; a++) {
		char text[INET6_ADDRSTRLEN];

		if (inet_ntop(h->h_addrtype, *a, text, sizeof text))
			printf("address %s\n", text);
	}
	return EXIT_SUCCESS;
}

static int look_up_address(const char *address)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	const struct hostent *h;

	if (inet_pton(AF_INET, address, bytes) == 1) {
		h = gethostbyaddr(bytes, sizeof(struct in_addr), AF_INET);
	} else if (inet_pton(AF_INET6, address, bytes) == 1) {
		h = gethostbyaddr(bytes, sizeof(struct in6_addr), AF_INET6);
	} else {
		fprintf(stderr, "not an address: %s\n", address);
		return WRONG_USE;
	}
	if (!h)
		return complain("name", "name", address);
	printf("name %s\n", h->h_name);
	return EXIT_SUCCESS;
}

/* Cut "NAME/PROTOCOL" at its last slash. Returns the protocol, or NULL. */
static const char *cut_protocol(char *text)
{
	char *slash = strrchr(text, '/');

	if (!slash || slash == text)
		return NULL;
	*slash = '\0';
	return strcmp(slash + 1, "tcp") == 0 || strcmp(slash + 1, "udp") == 0 ? slash + 1 : NULL;
}

static int look_up_service(const char *whole, const char *name, const char *protocol)
{
	const struct servent *s;
	unsigned long port;

	if (number(name, PORT_MAX, &port)) {
		printf("port %lu\n", port);
		return EXIT_SUCCESS;
	}
	s = getservbyname(name, protocol);
	if (!s)
		return not_found("such service", whole);
	printf("port %d\n", ntohs((in_port_t)s->s_port));
	return EXIT_SUCCESS;
}

static int look_up_port(const char *whole, unsigned long port, const char *protocol)
{
	const struct servent *s = getservbyport(htons((in_port_t)port), protocol);

	if (!s)
		return not_found("such service", whole);
	printf("service %s\n", s->s_name);
	return EXIT_SUCCESS;
}

static int look_up_protocol(const char *name)
{
	const struct protoent *p;
	unsigned long value;

	if (number(name, NUMBER_MAX, &value)) {
		printf("number %lu\n", value);
		return EXIT_SUCCESS;
	}
	p = getprotobyname(name);
	if (!p)
		return not_found("such protocol", name);
	printf("number %d\n", p->p_proto);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	char whole[NI_MAXHOST];
	const char *protocol;
	unsigned long port;

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
	protocol = cut_protocol(argv[2]);
	if (protocol && strcmp(argv[1], "service") == 0)
		return look_up_service(whole, argv[2], protocol);
	if (protocol && strcmp(argv[1], "port") == 0 && number(argv[2], PORT_MAX, &port))
		return look_up_port(whole, port, protocol);
	return usage(argv[0]);
}
