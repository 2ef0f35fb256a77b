/* SPDX-License-Identifier: MIT */
/*
 * path.h - where programs of a case are looked for when they are called by a bare name
 */
#ifndef SOCKPROOF_BASE_PATH_H
#define SOCKPROOF_BASE_PATH_H

/* $PATH of every program that is not given another; not the caller's, so that a case is the same
 * whoever starts it. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#endif
