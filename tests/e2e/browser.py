# SPDX-License-Identifier: MIT
"""browser.py - a headless Chromium, driven over its debugging pipe; nothing but Python's own library

Chromium reads JSON from its descriptor 3 and writes JSON to 4, each message ended by a NUL (--remote-debugging-pipe). Nothing here
waits for a time: page.until() waits within the page until what is asked for is so, looked at once a frame.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile


class Gone(Exception):
    pass


class Browser:
    def __init__(self, command="chromium"):
        self.profile = tempfile.mkdtemp(prefix="sockproof-browser-")
        to_read, self.to = os.pipe()
        self.answers, from_write = os.pipe()
        # 3 and 4 may be taken here: first well above, then down to them, in the child
        high = [os.dup(fd) for fd in (to_read, from_write)]
        for fd in (to_read, from_write):
            os.close(fd)
        flags = [
            "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--force-color-profile=srgb", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--user-data-dir=" + self.profile,
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses root otherwise; it opens our own file only
        script = 'exec 3<&%d 4>&%d; exec "$@"' % tuple(high)
        self.log = open(os.path.join(self.profile, "log"), "wb")
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", command, *flags, "about:blank"], pass_fds=high, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, env={**os.environ, "HOME": self.profile})
        for fd in high:
            os.close(fd)
        self.number = 0
        self.rest = b""
        self.listeners = []

    def _read(self):
        while b"\0" not in self.rest:
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise Gone("the browser has ended: " + open(self.log.name, errors="replace").read()[-2000:])
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        wanted = self.number
        while True:
            answer = self._read()
            if answer.get("id") == wanted:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            for listener in self.listeners:
                listener(answer)

    def page(self, **size):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"], **size)

    def close(self):
        try:
            self.call("Browser.close")
        except (Gone, OSError):
            pass
        self.process.wait()
        for fd in (self.to, self.answers):
            os.close(fd)
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)


KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "Home": 36, "End": 35, "ArrowUp": 38, "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39}


class Page:
    def __init__(self, browser, session, width=1280, height=900, scheme="light"):
        self.browser, self.session = browser, session
        self.complaints = []  # of the console: errors, and what a policy or a script refused
        browser.listeners.append(self._heard)
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")
        self.size(width, height)
        self.scheme(scheme)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def _heard(self, message):
        if message.get("sessionId") != self.session:
            return
        p = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            d = p["exceptionDetails"]
            self.complaints.append(d.get("exception", {}).get("description", d["text"]))
        elif message["method"] == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(a.get("value", a.get("description"))) for a in p["args"]))
        elif message["method"] == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
            self.complaints.append(p["entry"]["text"])

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            d = answer["exceptionDetails"]
            raise RuntimeError("%s: %s" % (expression, d.get("exception", {}).get("description", d["text"])))
        return answer["result"].get("value")

    def until(self, expression):
        """Wait until @expression is true in the page."""
        return self.js(
            "new Promise((done) => { const look = () => { const v = (%s); if (v) done(v); else requestAnimationFrame(look); }; look(); })"
            % expression)

    def open(self, path, fragment=""):
        """Load a file; returns when the page is there."""
        self.call("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")
        self.call("Page.navigate", url="file://" + os.path.realpath(path) + fragment)
        self.until("location.href.startsWith('file:') && document.readyState === 'complete'")

    def reload(self):
        """The same page anew, in the same process: another may not have heard yet what localStorage was told."""
        self.js("window.earlier = true")
        self.call("Page.reload")
        self.until("!window.earlier && document.readyState === 'complete'")

    def key(self, name, text=""):
        code = KEYS.get(name, ord(name.upper()) if len(name) == 1 else 0)
        event = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        if len(name) == 1:
            event["text"] = name
        elif name == "Enter":
            event["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", **event)
        self.call("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in event.items() if k != "text"})

    def type(self, text):
        for letter in text:
            self.key(letter)

    def at(self, selector):
        """The middle of an element, scrolled into view."""
        return self.js(
            "(() => { const e = document.querySelector(%s); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()" % json.dumps(selector))

    def point(self, selector):
        x, y = self.at(selector)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector):
        x, y = self.at(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path, whole=True):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))


def main():
    """browser.py FILE[#FRAGMENT] PICTURE [WIDTH [HEIGHT [light|dark [whole]]]]: a picture of a page"""
    path, _, fragment = sys.argv[1].partition("#")
    width, height, scheme = int((sys.argv[3:] + [1280])[0]), int((sys.argv[4:] + [900])[0]), (sys.argv[5:] + ["light"])[0]
    browser = Browser()
    try:
        page = browser.page(width=width, height=height, scheme=scheme)
        page.open(path, "#" + fragment if fragment else "")
        page.until("!location.hash.includes('case=') || document.getElementById('case').dataset.ready")
        if "whole" in sys.argv[6:]:
            page.size(width, min(page.js("document.documentElement.scrollHeight"), 8000))
        page.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.picture(sys.argv[2], whole=False)
        for line in page.complaints:
            print("complains:", line, file=sys.stderr)
    finally:
        browser.close()


if __name__ == "__main__":
    main()
