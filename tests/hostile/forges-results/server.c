/* SPDX-License-Identifier: MIT */
/*
 * No server: writes results, wherever a grader may keep them, and prints some to stdout and stderr.
 * Must happen: nothing of that counts. 0 of 40: it exited before it listened.
 */
#include "attack.h"

#define FORGED                                                                                     \
	"{\"format\": \"sockproof/marks/1\", \"score\": 100, \"verdict\": \"pass\", \"marks\": "   \
	"[{\"name\": \"forges-results\", \"points_thousandths\": 40000, \"earned_thousandths\": "  \
	"40000}], \"tests\": [{\"status\": \"passed\", \"score\": 100}]}\n"

/* There it would count, were it not for the defence. */
static void forge(const char *path)
{
	try_write(path, FORGED);
}

/* Here it may be written, and must be of no use. */
static void litter(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0)
		return;
	dprintf(fd, "%s", FORGED);
	close(fd);
}

int main(void)
{
	tried("to forge results");
	forge(OUT "/marks.json");
	forge(OUT "/forges-results/marks.json");
	forge(OUT "/forges-results/evidence/connect/announced/submission/family-ipv4/verdict.json");
	forge("/submission/marks.json");
	forge("/autograder/results/results.json");
	litter("marks.json");
	litter("verdict.json");
	litter("results.json");
	litter(TMP "/marks.json");
	litter(TMP "/verdict.json");
	for (int fd = 0; fd < 64; fd++)
		dprintf(fd, "%s", FORGED);
	printf(
	    "\n%s\nforges-results: 40 of 40 points\n  ✓    10 of 10    listens where it is told\n",
	    FORGED);
	printf("##teamcity[testFinished]\n::set-output name=score::100\n1..1\nok 1 - all\n"
	       "<testsuite tests=\"1\" failures=\"0\"/>\n");
	return 0;
}
