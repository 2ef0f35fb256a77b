/* SPDX-License-Identifier: MIT */
/*
 * No server: prints what terminals, pages, spreadsheets and readers of XML and JSON would obey.
 * Must happen: it is shown as what it is. 0 of 40: it exited with 3 before it listened.
 */
#include "attack.h"

int main(void)
{
	static const char text[] =
	    "\033[2J\033[H\033]0;title\007\033]52;c;cm0=\007\033[31mred\033P$q\033\\\x9b"
	    "2J\xc2\x9b"
	    "31m\r\b\b\b\a\0\x7f\xff\xfe\xc0\xaf\xed\xa0\x80"
	    "<script>alert(1)</script><img src=x onerror=alert(1)><!-- ]]> &amp; &#27; "
	    "\" } ] , \"earned_thousandths\": 40000 \\u001b \n"
	    "=cmd|' /C calc'!A0,@SUM(1+1)\n"
	    "\xe2\x80\xae"
	    "desrever\xe2\x80\xac \xe2\x80\xa8 \xef\xbb\xbf\n"
	    "```\n| a | b |\n![x](http://192.0.2.1/x.png)\n";

	tried("to be obeyed");
	for (int fd = 1; fd <= 2; fd++) {
		if (write(fd, text, sizeof text - 1) < 0)
			return 2;
	}
	return 3;
}
