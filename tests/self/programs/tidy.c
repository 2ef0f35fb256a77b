/* SPDX-License-Identifier: MIT */
/* tidy.c - takes memory and gives it back: nothing for valgrind to say */
#include <stdlib.h>

int main(void)
{
	char *p = malloc(100);

	if (p)
		p[0] = 'x';
	free(p);
	return 0;
}
