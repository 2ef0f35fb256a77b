/* fault: asks DNS itself, and takes an answer to another question for a failure */
/* SPDX-License-Identifier: MIT */
/*
 * gives-up.c - looks names up with getaddrinfo(3) and getnameinfo(3)
 *
 * usage: gives-up host NAME | address ADDRESS | service NAME/PROTOCOL | port NUMBER/PROTOCOL |
 * protocol NAME
 */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* Print the addresses of an answer. Returns how many, or -1. */
static int print_answer(const unsigned char *answer, int len, bool *told)
{
	int count = 0;
	ns_msg message;
	ns_rr rr;

	if (len < 0 || ns_initparse(answer, len, &message) < 0)
		return -1;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		char text[INET6_ADDRSTRLEN];

		if (ns_parserr(&message, ns_s_an, i, &rr) < 0)
			return -1;
		if (ns_rr_type(rr) != ns_t_a && ns_rr_type(rr) != ns_t_aaaa)
			continue;
		if (!*told)
			printf("canonical %s\n", ns_rr_name(rr));
		*told = true;
		inet_ntop(ns_rr_type(rr) == ns_t_a ? AF_INET : AF_INET6, ns_rr_rdata(rr), text,
		          sizeof text);
		printf("address %s\n", text);
		count++;
	}
	return count;
}

#define TIMEOUT_S 5

/* A socket for the first server of resolv.conf. */
static int open_server(struct sockaddr_storage *server, socklen_t *size)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM}, *list;
	char line[256], address[64];
	FILE *f = fopen("/etc/resolv.conf", "r");
	int fd = -1;

	while (f && fd < 0 && fgets(line, sizeof line, f)) {
		if (sscanf(line, "nameserver %63s", address) != 1 ||
		    getaddrinfo(address, "53", &hints, &list) != 0)
			continue;
		memcpy(server, list->ai_addr, list->ai_addrlen);
		*size = list->ai_addrlen;
		fd = socket(list->ai_family, SOCK_DGRAM, 0);
		freeaddrinfo(list);
	}
	if (f)
		fclose(f);
	return fd;
}

/* Ask for one type of address. Returns the length of the answer, or -1. */
static int ask(const char *name, int type, unsigned char *answer, int room)
{
	struct sockaddr_storage server;
	unsigned char question[NS_PACKETSZ];
	socklen_t size;
	int fd = open_server(&server, &size), len = -1;

	if (fd < 0)
		return -1;
	res_init();
	int n =
	    res_mkquery(ns_o_query, name, ns_c_in, type, NULL, 0, NULL, question, sizeof question);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	if (n > 0 && sendto(fd, question, (size_t)n, 0, (struct sockaddr *)&server, size) == n &&
	    poll(&p, 1, TIMEOUT_S * 1000) == 1)
		len = (int)recv(fd, answer, (size_t)room, 0);
	/* the first two bytes tell which question is meant */
	if (len >= NS_HFIXEDSZ && memcmp(answer, question, 2) != 0)
		len = -1;
	close(fd);
	return len;
}

static int look_up_host(const char *name)
{
	static const int types[] = {ns_t_aaaa, ns_t_a};
	unsigned char answer[NS_MAXMSG];
	bool told = false;
	struct in6_addr numeric;
	int code = ns_r_noerror;

	if (inet_pton(AF_INET, name, &numeric) == 1 || inet_pton(AF_INET6, name, &numeric) == 1) {
		printf("canonical %s\naddress %s\n", name, name);
		return EXIT_SUCCESS;
	}
	for (int i = 0; i < 2; i++) {
		int len = ask(name, types[i], answer, sizeof answer);

		if (len < NS_HFIXEDSZ)
			return complain(EAI_AGAIN, "host", name);
		code = answer[3] & 15;
		if (code != ns_r_noerror && code != ns_r_nxdomain)
			return complain(EAI_AGAIN, "host", name);
		print_answer(answer, len, &told);
	}
	return told ? EXIT_SUCCESS
	            : complain(code == ns_r_noerror ? EAI_NODATA : EAI_NONAME, "host", name);
}

static int look_up_address(const char *address)
{
	struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
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
