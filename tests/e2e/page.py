# SPDX-License-Identifier: MIT
"""page.py PAGE - the report for a browser, looked at in one; page.sh makes it and calls this"""
import json
import os
import shlex
import subprocess
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
    look("when it was on the link, as the ladder has it, and when its kernel saw it", page.js(
        "(() => { const told = document.querySelector('.fields').textContent.match(/on the link at ([0-9.]+) ms, seen by the sender's kernel at ([0-9.]+) ms/), row = document.querySelector('.row[data-packet=\"4\"]');"
        " return !!told && row.textContent.includes(told[1] + ' ms') && Number(told[2]) <= Number(told[1]); })()"), page.js("document.querySelector('.fields').textContent"))
    look("what the harness set, and what the kernel had", "net.ipv4.tcp_no_metrics_save = 1 (kernel: 0)" in page.js("document.querySelector('#case .facts').textContent"))
    look("how to find it", "frame.number == 4" in page.js("document.querySelector('.fields').textContent"))
    look("its row is in sight, above the dock", page.js(
        "(() => { const r = document.querySelector('.row.pinned').getBoundingClientRect(); return r.top > 50 && r.bottom < document.querySelector('.dock').getBoundingClientRect().top; })()"))
    page.until("location.hash.includes('packet=4')")
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

    commands = page.js("[...document.querySelectorAll('.command pre')].map((e) => e.textContent)")
    again, picture = shlex.split(commands[0]), shlex.split(commands[-1])
    is_("sockproof has one name in the commands", picture[:2], [again[0], "inspect"])
    # off PATH: only the name it was called by leads to it
    drawn = subprocess.run(["/bin/sh", "-c", commands[-1]], env={**os.environ, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    look("the same picture in a terminal", drawn.returncode == 0 and 'P. seq 1:6 ack 1 len 5 "hello"' in drawn.stdout, drawn)

    is_("rows by event", page.js("document.querySelector('.ladder .row').id[0]"), "e")
    page.click("input[value=time] + span")
    page.until("document.querySelector('.ladder .row').id[0] === 't'")
    page.until("location.hash.includes('axis=time')")
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
        shown = set(page.js("document.querySelector('#case').textContent"))
        look("it turns no text round", "B \\xe2\\x80\\xae C \\xe2\\x81\\xa6 D\\xe2\\x80\\xa8" in wrote and not shown & set("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"), wrote)
        fits(page, "hostile case")


def colours(page, path):
    back_of = "getComputedStyle(document.body).backgroundColor"
    page.open(path, "#case=close/parts")
    light = page.js(back_of)
    page.scheme("dark")
    page.until("document.getElementById('scheme').textContent === 'Light'")  # the page has heard of it
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
        if "eight" in where:
            is_("a graph for each connection", page.js("document.querySelectorAll('#graphs .graph').length"), 8)
        fits(page, where)


SHOWS = "document.querySelector('.bytes')?.getAttribute('aria-label')"
FOCUS = "(document.activeElement.dataset.n || document.activeElement.dataset.packet)"
PACKET = "new URLSearchParams(location.hash.slice(1)).get('packet')"


def opened(page, what, n):
    """Packet @n of a run: its fields and bytes, its place in the list, the address."""
    is_("%s: whose bytes" % what, page.js(SHOWS), "Bytes of packet %d" % n)
    look("%s: whose fields" % what, page.js("document.querySelector('.fields td').textContent").startswith("#%d, " % n))
    page.until("%s === '%d'" % (PACKET, n))
    is_("%s: chosen in the list" % what, page.js("[...document.querySelectorAll('.packets [aria-selected=true]')].map((e) => e.dataset.n).join()"), str(n))
    look("%s: in sight in the list" % what, page.js(
        "(() => { const r = document.querySelector('.packets [aria-selected=true]').getBoundingClientRect(), l = document.querySelector('.packets').getBoundingClientRect();"
        " return r.top >= l.top - 1 && r.bottom <= l.bottom + 1; })()"))


def in_a_run(page, path):
    """Packets that the ladder folds: by address, by a link, by the list, by keyboard."""
    page.open(path, "#case=bulk/reference&packet=100")
    page.until(READY)
    first, last = (int(n) for n in page.js("document.querySelector('.row.pinned').dataset.packet").split("-"))
    look("a run holds the packet", first < 15 < 100 < last, (first, last))
    opened(page, "by the address", 100)
    look("the row of its run is in sight", 40 < page.js("document.querySelector('.row.pinned').getBoundingClientRect().top") < page.js("document.querySelector('.dock').getBoundingClientRect().top"))
    look("how to find it", "frame.number == 100" in page.js("document.querySelector('.fields').textContent"))
    # whether it has data or only acknowledges hangs on how busy the machine is
    is_("its length on the wire", page.js("document.querySelectorAll('.bytes pre .at').length"), page.js("Math.ceil(document.querySelector('.fields td').textContent.match(/, ([0-9]+) bytes/)[1] / 16)"))
    unhurt(page, "a run")
    named(page, "a run")
    fits(page, "a run")

    linked = page.js("[...document.querySelectorAll('.compared a')].map((a) => Number(a.textContent.slice(1))).filter((n) => %d <= n && n <= %d)" % (first, last))
    look("the comparison tells of packets of the run", linked, (first, last))
    for n in linked:
        page.js("[...document.querySelectorAll('.compared a')].find((a) => a.textContent === '#%d').click()" % n)
        opened(page, "by the link of a comparison", n)
    page.click(".packets [data-n='15']")
    opened(page, "by a click in the list", 15)
    page.click("input[value=time] + span")
    page.until("document.querySelector('.ladder .row').id[0] === 't'")
    opened(page, "by the other axis", 15)
    page.click("input[value=event] + span")

    page.js("document.querySelector('.row[data-packet=\"%d-%d\"]').focus()" % (first, last))
    is_("a run that is chosen lists its packets", page.js("[...document.querySelectorAll('.packets [role=option]')].map((e) => e.dataset.n).join()"), ",".join(map(str, range(first, last + 1))))
    page.until("%s === null" % PACKET)
    page.key("Enter")
    for n in range(first, last):
        is_("walked to", page.js("%s + ' ' + %s" % (FOCUS, SHOWS)), "%d Bytes of packet %d" % (n, n))
        page.key("ArrowDown")
    opened(page, "at the run's end", last)
    page.key("Home")
    opened(page, "Home", first)
    page.key("End")
    opened(page, "End", last)
    page.key("ArrowUp")
    opened(page, "one up", last - 1)
    page.key("Escape")
    is_("Escape leads back to the run", page.js(FOCUS), "%d-%d" % (first, last))
    page.key("ArrowRight")
    opened(page, "→ leads in again", first)
    page.key("ArrowUp")
    is_("up from the first leads back to the run", page.js(FOCUS), "%d-%d" % (first, last))
    page.key("Enter")
    page.key("End")
    page.key("ArrowDown")
    look("down from the last leads to the row behind", page.js("document.querySelector('.row.pinned').previousElementSibling.dataset.packet") == "%d-%d" % (first, last))
    page.js("document.querySelector('.row[data-packet=\"%d\"]').focus()" % (last + 1))
    is_("a row of one packet has no list", page.js("document.querySelectorAll('.packets').length"), 0)


def limits(page, path):
    """What the page does not have of long cases is said there."""
    notes = "[...document.querySelectorAll('%s .note.part')].map((e) => e.textContent).join('|')"
    page.open(path, "#case=limits/reference")
    page.until(READY)
    unhurt(page, "a long case")
    count = page.js("Number(document.querySelector('.happened').textContent.match(/(\\d+) packets/)[1])")
    look("more packets than the page has", count > 5000, count)
    is_("packets that are not here", page.js(notes % "#ladder"), "The page has the first 5000 of %d packets; all of them are in long-out/limits/reference." % count)
    is_("graphs that are not here", page.js(notes % "#graphs"),
        "The page has the graphs of the first 1 of 2 connections; of another: %s inspect long-out/limits/reference --graph --flow N" % page.js("document.querySelector('.command pre').textContent.split(' ')[0]"))
    page.open(path, "#case=limits/reference&packet=%d" % (count - 20))
    page.until(READY)
    is_("a packet that is not here: the address", page.js(PACKET), str(count - 20))
    look("a packet that is not here: said in the pane", "first 5000 of %d packets" % count in page.js("document.querySelector('.dock .inside > .told').textContent"))
    page.open(path, "#case=limits/reference&packet=5000")
    page.until(READY)
    opened(page, "the last packet that is here", 5000)
    look("behind it", "first 5000 of" in page.js("document.querySelector('.packets > :last-child').textContent"))
    look("bytes that are not here", "152 bytes, the first 96 here" in page.js("[...document.querySelectorAll('.packets [role=option]')].find((e) => e.textContent.includes('len 100') && Number(e.dataset.n) > 4000).click() || document.querySelector('.fields').textContent"))
    fits(page, "a long case")

    page.open(path, "#case=outputs/reference")
    page.until(READY)
    is_("outputs that are not here", page.js(notes % "#outputs"), "The page has the first 40 of 42 outputs; all of them are in long-out/outputs/reference.")
    is_("outputs that are here", page.js("document.querySelectorAll('#outputs figure').length"), 40)
    look("an output that is not all here", "13000 bytes, the first 12288 here" in page.js("document.querySelector('#outputs figcaption').textContent"))
    page.open(path, "#case=bulk/reference")
    page.until(READY)
    is_("nothing is said where all is here", page.js("document.querySelectorAll('.note.part').length"), 0)


# Words of people's length that take more than one line; not what stands in quotation marks: those are a packet's bytes.
BROKEN = """(() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = [], range = document.createRange();
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (const m of node.data.split('"')[0].matchAll(/[\\p{L}\\p{N}]+/gu)) {
      range.setStart(node, m.index);
      range.setEnd(node, m.index + m[0].length);
      if (m[0].length <= 16 && new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) broken.push(m[0]);
    }
  }
  return [...new Set(broken)].slice(0, 20);
})()"""


def compared(page, path):
    """What diff draws."""
    page.open(path)
    is_("%s: what the console says" % path, page.complaints, [])
    look("%s: something is told" % path, page.js("document.querySelectorAll('tr.parts').length") > 0 and page.js("document.querySelectorAll('.items tr').length") > 1)
    for width, mobile in ((1280, False), (390, True)):
        page.size(width, 844, mobile)
        page.js(FRAMES)
        is_("%s at %d px: broken words" % (path, width), page.js(BROKEN), [])
    fits(page, path)


LIVES = """(() => { const b = document.querySelector('.ladder').getBoundingClientRect();
  return [...document.querySelectorAll('.ladder .sp-life')].map((e) => e.getBoundingClientRect().left).filter((x) => x >= b.left && x <= b.right).length; })()"""
HOSTS = """(() => { const b = document.querySelector('.ladder').getBoundingClientRect();
  return [...document.querySelectorAll('.names:not([hidden]) span')].filter((e) => e.textContent).map((e) => [e.textContent, e.getBoundingClientRect()])
    .filter(([, r]) => r.left >= b.left && r.right <= b.right && r.top > 40).map(([t]) => t).sort().join(' | '); })()"""


def phone(page, path, where):
    """What a narrow screen shows of a ladder first: a wire between two lifelines, and whose they are."""
    page.size(390, 844, True)
    page.open(path, where)
    page.until(READY)
    page.js(FRAMES)
    is_("%s at 390 px: lifelines in the first view" % where, page.js(LIVES), 2)
    is_("%s at 390 px: whose" % where, page.js(HOSTS), "client | server")
    look("%s at 390 px: letters that are too small" % where, page.js("(() => { const s = document.querySelector('.ladder svg'); return s.clientWidth / s.width.baseVal.value; })()") >= 0.75)
    page.js("document.querySelector('.ladder').scrollLeft = 1e6")
    page.js(FRAMES)
    is_("%s at 390 px, to the right: whose" % where, page.js(HOSTS), "server | ← client" if page.js(LIVES) else "← client, server")
    page.js("document.querySelector('.ladder').scrollLeft = 0")
    page.js(FRAMES)
    is_("%s at 390 px, to the left: whose" % where, page.js(HOSTS), "client | server →" if page.js(LIVES) else "client, server →")
    page.js("document.querySelector('.ladder .row:last-child').scrollIntoView()")
    page.js(FRAMES)
    look("%s at 390 px, further down: whose" % where, "client" in page.js(HOSTS), page.js(HOSTS))
    page.size(1280, 900)
    page.js(FRAMES)
    is_("%s at 1280 px: the names stand in the picture" % where, page.js(HOSTS), "")
    unhurt(page, where)


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
        in_a_run(page, sys.argv[3])
        limits(page, sys.argv[3])
        phone(page, path, "#case=close/parts/reference")
        phone(page, sys.argv[2], "#case=eight/reference")
        phone(page, sys.argv[3], "#case=bulk/reference")
        for comparison in sys.argv[4:]:
            compared(page, comparison)
        colours(page, path)
    finally:
        browser.close()
    print("%d looks, %s" % (looks, "all well" if not problems else "%d not as they should be" % problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
