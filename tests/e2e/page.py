# SPDX-License-Identifier: MIT
"""page.py PAGE - the report for a browser, looked at in one; page.sh makes it and calls this"""
import json
import sys

from browser import Browser

looks = 0
problems = 0


def look(what, holds, told=""):
    global looks, problems
    looks += 1
    if not holds:
        problems += 1
        print("✗ %s %s" % (what, told))


def is_(what, got, wanted):
    look(what, got == wanted, "is %r, not %r" % (got, wanted))


SHOWN = "[...document.querySelectorAll('a.c[data-i]:not(.off)')].filter((e) => e.checkVisibility({contentVisibilityAuto: false})).length"
READY = "document.getElementById('case').dataset.ready"


FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def fits(page, what):
    """Nothing is wider than the window. A phone's window grows with what is too wide: so no waiting until it has its width."""
    for width, mobile in ((1280, False), (390, True)):
        page.size(width, 844, mobile)
        page.js(FRAMES)
        is_("%s at %d px: how wide it is" % (what, width), page.js("Math.max(innerWidth, document.documentElement.scrollWidth)"), width)
    page.size(1280, 900)
    page.js(FRAMES)


def named(page, what):
    """Whatever can be reached by keyboard has a name."""
    page.call("Accessibility.enable")
    for node in page.call("Accessibility.getFullAXTree")["nodes"]:
        on = {p["name"] for p in node.get("properties", []) if p["value"].get("value")}
        role = node.get("role", {}).get("value")
        if "focusable" not in on or node.get("ignored") or role in ("RootWebArea", "generic", "pre", "row", "Pre"):
            continue
        look("%s: a %s without a name" % (what, role), node.get("name", {}).get("value", "").strip() != "", json.dumps(node)[:300])


def unhurt(page, what):
    is_("%s: what the console says" % what, page.complaints, [])
    is_("%s: a script of a program's ran" % what, page.js("typeof window.hacked"), "undefined")
    is_("%s: elements of a program's" % what, page.js("document.querySelectorAll('[onerror],[onload],img,iframe,object').length"), 0)


def overview(page, path):
    page.open(path)
    unhurt(page, "overview")
    is_("its head", page.js("document.querySelector('h1').textContent"), "3 of 9 cases failed, 1 ended in error")
    is_("marks", page.js(SHOWN), 9)
    is_("landmarks", page.js("['header', 'main', 'nav', '[role=search]'].filter((s) => !document.querySelector(s)).length"), 0)
    is_("tables whose columns have no heads", page.js("[...document.querySelectorAll('table')].filter((t) => !t.querySelector('th')).filter((t) => !t.closest('.scenario')).length"), 0)
    is_("cards of what did not pass", page.js("document.querySelectorAll('#broken [data-i]:not(a)').length"), 4)
    look("a hostile title is text", page.js("document.getElementById('broken').textContent.includes(\"<img src=x onerror='window.hacked = 2'>\")"))
    is_("why skipped", page.js("document.querySelector('#skipped summary').firstChild.textContent.trim()"), "not today")
    named(page, "overview")
    fits(page, "overview")


def search(page, path):
    page.click("#q")
    page.type("ipv6 3000")
    is_("found", page.js(SHOWN), 1)
    is_("told", page.js("document.getElementById('shown').textContent"), "1 of 9 cases")
    is_("in the address", page.js("location.hash"), "#q=ipv6%203000")
    is_("cards that stay", page.js("[...document.querySelectorAll('#broken li')].filter((e) => e.checkVisibility()).length"), 0)
    page.open(path, "#q=ipv6%203000")
    is_("found by the address", page.js(SHOWN), 1)
    page.click("#reset")
    is_("found by nothing", page.js(SHOWN), 9)
    page.click(".pick.fail")
    is_("failed", page.js(SHOWN), 3)
    is_("failed, in the address", page.js("location.hash"), "#v=fail")
    page.click(".pick.skip")
    is_("failed or skipped", page.js(SHOWN), 4)
    page.js("(() => { const t = document.getElementById('topic'); t.focus(); t.value = 'close'; t.dispatchEvent(new Event('input', {bubbles: true})); })()")
    is_("failed or skipped, of a topic", page.js(SHOWN), 1)
    page.click("#q")
    page.type("<nowhere>")
    look("nothing found is said", page.js("document.getElementById('nothing').checkVisibility()"))
    page.open(path)


def case(page):
    """From the overview to the packet, by a link; axes; the keyboard."""
    page.click("#broken a[href*='close/parts'][href*='at=break']")
    page.until(READY)
    page.until("document.querySelector('.dock:not([hidden])')")
    unhurt(page, "case")
    look("the packet's words", page.js("document.querySelector('.dock h3').textContent").startswith("#4"), page.js("document.querySelector('.dock h3').textContent"))
    look("its bytes", "68 65 6c 6c  6f" in page.js("document.querySelector('.bytes').textContent"), page.js("document.querySelector('.bytes').textContent"))
    look("its fields", "PSH ACK" in page.js("document.querySelector('.fields').textContent"))
    look("how to find it", "frame.number == 4" in page.js("document.querySelector('.fields').textContent"))
    look("its row is in sight, above the dock", page.js(
        "(() => { const r = document.querySelector('.row.pinned').getBoundingClientRect(); return r.top > 50 && r.bottom < document.querySelector('.dock').getBoundingClientRect().top; })()"))
    look("packet in the address", "packet=4" in page.js("location.hash"), page.js("location.hash"))
    cells = page.js("[...document.querySelector('.compared .part').cells].map((c) => c.textContent)")
    is_("the row where they part", cells, ["≠", "4", 'client > server P. "hallo"', "#4", 'client > server  P. seq 1:6 ack 1 len 5 "hello"'])
    is_("rows as expected", page.js("[...document.querySelectorAll('.compared .same')].map((r) => r.cells[1].textContent + r.cells[3].textContent).join(' ')"), "1#1 2#2 3#3")
    look("their bytes", "They part at byte 2 of line 4" in page.js("document.querySelector('pre.explained').textContent"), page.js("document.querySelector('pre.explained').textContent"))
    page.click(".compared .same a")
    look("a packet by its number", page.js("document.querySelector('.dock h3').textContent").startswith("#1"))
    page.click(".compared .part a")
    rows = page.js("[...document.querySelectorAll('#sockets tbody tr')].map((r) => [...r.cells].map((c) => c.textContent).join(' '))")
    look("the kernel's sockets", any(r.startswith("server script tcp LISTEN 192.0.2.2:6000 ") and r.endswith("0 of 1 wait") for r in rows), rows)
    is_("the scenario's line", page.js("document.querySelector('.source .here').textContent.trim()"), 'client > server  P. "hallo"')
    look("the command that repeats it", "--no-out" not in page.js("document.querySelector('.command pre').textContent") and "close/parts" in page.js("document.querySelector('.command pre').textContent"))

    is_("rows by event", page.js("document.querySelector('.ladder .row').id[0]"), "e")
    page.click("input[value=time] + span")
    page.until("document.querySelector('.ladder .row').id[0] === 't'")
    look("axis in the address", "axis=time" in page.js("location.hash"))
    look("the packet stays chosen", page.js("document.querySelector('.row.pinned').dataset.packet") == "4")
    page.click("input[value=event] + span")

    page.js("document.querySelector('.jump').focus()")
    page.key("Enter")
    is_("the jump over the head goes to the content", page.js("document.activeElement.id"), "content")
    look("and stays in the case", page.js("!document.getElementById('case').hidden"))

    page.js("document.querySelector('.ladder .row').focus()")
    page.key("Home")
    seen = set()
    for _ in range(page.js("document.querySelectorAll('.ladder .row').length")):
        seen.add(page.js("document.querySelector('.row:focus').dataset.packet || ''"))
        if page.js("!!document.querySelector('.row:focus').dataset.packet"):
            is_("focus shows the bytes of", page.js("document.querySelector('.bytes').getAttribute('aria-label')"), "Bytes of packet " + page.js("document.querySelector('.row:focus').dataset.packet"))
        page.key("ArrowDown")
    look("every packet by the keyboard", {"1", "2", "3", "4", "5", "6", "7", "8"} <= seen, seen)

    page.js("document.querySelectorAll('.ladder .row[data-packet=\"1\"]')[0].scrollIntoView({block: 'center'})")
    page.point(".ladder .row[data-packet='2'] .sp-hit")
    page.until("document.querySelector('.bytes')?.getAttribute('aria-label') === 'Bytes of packet 2'")
    named(page, "case")
    fits(page, "case")


def back(page):
    page.js("history.back()")
    page.until("!document.getElementById('overview').hidden")
    is_("nothing of the case is left", page.js("document.getElementById('case').childElementCount"), 0)
    page.click(".scenario a.c.pass[href*='bytes-3000']")
    page.until(READY)
    is_("a passed case", page.js("document.querySelector('.case-head .badge').textContent"), "pass")
    look("what a program wrote", "a word" in page.js("document.querySelector('.output').textContent"))
    page.js("document.querySelector('.graph').parentElement.open = true")
    page.until("document.querySelector('.graph svg')")
    look("a graph", page.js("!!document.querySelector('.graph svg rect, .graph svg path')"))
    unhurt(page, "passed case")


def hostile(page, path):
    for n in range(2):
        page.open(path, page.js("document.querySelectorAll('a.c[href*=hostile]')[%d].hash" % n))
        page.until(READY)
        unhurt(page, "hostile case")
        wrote = page.js("document.querySelector('.output').textContent")
        look("what it wrote is text", "</script><script>window.hacked = 4</script>\\x1b]0;title" in wrote and "\\xff\\xfe" in wrote, wrote)
        look("no control characters", all(c == "\n" or c >= " " for c in page.js("document.querySelector('#case').textContent")))
        fits(page, "hostile case")


def colours(page, path):
    back_of = "getComputedStyle(document.body).backgroundColor"
    page.open(path, "#case=close/parts")
    light = page.js(back_of)
    page.scheme("dark")
    dark = page.js(back_of)
    look("dark when the reader's system is", light != dark, light)
    page.click("#scheme")
    is_("light by the switch", page.js(back_of), light)
    page.click("#scheme")
    is_("dark by the switch", page.js(back_of), dark)
    page.reload()
    page.scheme("light")
    is_("the switch is remembered", page.js(back_of), dark)
    page.call("Emulation.setEmulatedMedia", media="print")
    is_("printed light", page.js("getComputedStyle(document.documentElement).colorScheme"), "light")
    is_("printed without the search", page.js("document.getElementById('filter').checkVisibility()"), False)


def unknown(page, path):
    page.open(path, "#case=no/such")
    look("an unknown case shows the overview, and says so", "no/such" in page.until("document.getElementById('says').textContent"))
    look("the overview", page.js("!document.getElementById('overview').hidden"))


# Texts of the ladder that lie on one another or reach out of it; which packets have a row or a place in a run's.
CLASHES = """(() => {
  const svg = document.querySelector('.ladder svg'), all = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map((e) => [e.textContent, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0).sort(([, a], [, b]) => a.top - b.top);
  const clashes = texts.filter(([, r]) => r.left < all.left - 1 || r.right > all.right + 1 || r.top < all.top - 1 || r.bottom > all.bottom + 1).map(([t]) => t + ' reaches out');
  texts.forEach(([t, a], i) => {
    for (let k = i + 1; k < texts.length && texts[k][1].top < a.bottom - 3; k++) {
      const b = texts[k][1];
      if (b.left < a.right - 1 && a.left < b.right - 1) clashes.push(t + ' | ' + texts[k][0]);
    }
  });
  return clashes;
})()"""
TOLD = """[...document.querySelectorAll('.ladder [data-packet]')].map((e) => e.dataset.packet.split('-').map(Number)).map(([a, b]) => [a, b || a])"""


def crowded(page, path):
    """Eight clients, and hundreds of packets of which none is like the one before: still to be read."""
    page.open(path)
    hashes = page.js("[...document.querySelectorAll('a.c')].map((a) => a.hash)")
    is_("crowded cases", len(hashes), 2)
    for where in hashes:
        page.open(path, where)
        page.until(READY)
        unhurt(page, where)
        for axis in ("event", "time"):
            what = "%s by %s" % (where, axis)
            page.click("input[value=%s] + span" % axis)
            page.until("document.querySelector('.ladder .row').id[0] === '%s'" % axis[0])
            is_("%s: texts that cannot be read" % what, page.js(CLASHES), [])
            told = {n for a, b in page.js(TOLD) for n in range(a, b + 1)}
            packets = page.js("Number(document.querySelector('.happened').textContent.match(/(\\d+) packets/)[1])")
            look("%s: hundreds of packets" % what, packets > (250 if "talk" in where else 60), packets)
            is_("%s: packets without a place" % what, sorted(set(range(1, packets + 1)) - told), [])
        fits(page, where)


def main():
    browser = Browser()
    try:
        page = browser.page()
        path = sys.argv[1]
        overview(page, path)
        search(page, path)
        case(page)
        back(page)
        hostile(page, path)
        unknown(page, path)
        crowded(page, sys.argv[2])
        colours(page, path)
    finally:
        browser.close()
    print("%d looks, %s" % (looks, "all well" if not problems else "%d not as they should be" % problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
