/* SPDX-License-Identifier: MIT */
/*
 * Takes the solution from where staff keep it, and would put a file of this machine into a message
 * of the compiler, were it there.
 * Must happen: neither is there when it is built. 0 of 40: it does not build, and the compiler's
 * own words are the reason.
 */
#include "attack.h"
static const char hidden[] __attribute__((used)) = "tried: to include";
#include SOLUTION
#include "/etc/shadow"
__asm__(".incbin \"" SOLUTION "\"");
