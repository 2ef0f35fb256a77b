/* SPDX-License-Identifier: MIT */
/*
 * digest.h - FNV-1a, 64 bits: tells bytes apart that nobody forges (draft-eastlake-fnv)
 */
#ifndef SOCKPROOF_BASE_DIGEST_H
#define SOCKPROOF_BASE_DIGEST_H
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BEGIN UINT64_C(0xcbf29ce484222325)

/* The digest of what gave @digest (DIGEST_BEGIN: nothing yet) with @len bytes behind it. */
static inline uint64_t digest_add(uint64_t digest, const void *p, size_t len)
{
	const unsigned char *at = p;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ at[i]) * UINT64_C(0x100000001b3);
	return digest;
}

#endif
