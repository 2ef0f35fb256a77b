/* SPDX-License-Identifier: MIT */
/* leaks.c - loses its only pointer to memory, and exits as if nothing were */
#include <stdlib.h>

int main(void)
{
	static char *volatile kept;

	kept = malloc(100);
	kept = NULL;
	return kept != NULL; /* always 0: the pointer is gone */
}
