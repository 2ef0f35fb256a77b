/* SPDX-License-Identifier: MIT */
/* reads-beyond.c - reads a byte behind what it has */
#include <stdlib.h>

int main(void)
{
	char *volatile p = malloc(100);
	volatile char c;

	if (!p)
		return 1;
	c = p[100];
	(void)c;
	free(p);
	return 0;
}
