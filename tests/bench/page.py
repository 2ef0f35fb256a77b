# SPDX-License-Identifier: MIT
"""page.py PAGE ROUNDS: how long a report takes to open in Chromium; see ci/bench-page"""
import os
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from browser import Browser  # noqa: E402

LIMIT = 1000  # ms
TIMES = """(() => {
  const n = performance.getEntriesByType('navigation')[0], paint = performance.getEntriesByName('first-contentful-paint')[0];
  return [n.loadEventEnd, paint ? paint.startTime : null];
})()"""
READY = "document.getElementById('case').dataset.ready"


def main():
    path, rounds = sys.argv[1], int(sys.argv[2])
    loads, paints, cases, count = [], [], [], 0
    for _ in range(rounds):
        browser = Browser()
        try:
            page = browser.page()
            page.open(path)
            page.until("performance.getEntriesByName('first-contentful-paint').length && performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
            load, paint = page.js(TIMES)
            loads.append(load)
            paints.append(paint)
            count = page.js("document.querySelectorAll('a.c').length")
            began = page.js("performance.now()")
            page.js("document.querySelector('a.c').click()")
            page.until(READY)
            cases.append(page.js("performance.now()") - began)
        finally:
            browser.close()
    load, paint, case = map(statistics.median, (loads, paints, cases))
    held = load < LIMIT and paint < LIMIT
    print("ci/bench-page: %d cases, %.1f MB, %d rounds" % (count, os.path.getsize(path) / 1e6, rounds))
    print("  %-44s %9.0f ms        (%.0f to %.0f)" % ("load event", load, min(loads), max(loads)))
    print("  %-44s %9.0f ms        (%.0f to %.0f)  less than %d: %s" % ("first picture", paint, min(paints), max(paints), LIMIT, "held" if held else "BROKEN"))
    print("  %-44s %9.0f ms        (%.0f to %.0f)" % ("a case, from the click to its ladder", case, min(cases), max(cases)))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
