/* SPDX-License-Identifier: MIT */
/* volley.c - PORT [ADDRESS]: sends every datagram back to its sender, for ever; serves the first
 * one to ADDRESS:PORT (IPv4) */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t size = sizeof at;
	char ball[16] = "ball";
	ssize_t n = 4;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc < 2 || fd < 0)
		return 1;
	at.sin_port = htons((in_port_t)atoi(argv[1]));
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return 1;
	if (argc > 2 && inet_pton(AF_INET, argv[2], &at.sin_addr) == 1)
		sendto(fd, ball, (size_t)n, 0, (struct sockaddr *)&at, sizeof at);
	while ((n = recvfrom(fd, ball, sizeof ball, 0, (struct sockaddr *)&at, &size)) >= 0)
		sendto(fd, ball, (size_t)n, 0, (struct sockaddr *)&at, size);
	return 1;
}
