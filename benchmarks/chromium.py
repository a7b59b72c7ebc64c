"""Drive a headless chromium through its DevTools protocol over pipes: no port, no driver, no package.

Used by benchmarks/measure_page.py and by the tests of report.html. As a module it opens nothing.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: No profile of the user, no sandbox (containers have none), and no calls of the browser's own.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run", "--no-pings"),
    "--remote-debugging-pipe",
)


def find() -> str | None:
    """The path of an installed chromium or chrome, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page of the browser. requests: addresses that it asked for. messages: errors and warnings of its console."""

    def __init__(self, send: int, receive: int):
        self._send, self._receive, self._waiting = os.fdopen(send, "wb", buffering=0), receive, b""
        self._number, self._session = 0, None
        self.requests: list[str] = []
        self.messages: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def _ask(self, method: str, **parameters: Any) -> dict:
        """Call a method of the protocol, and return its result. Events that come first are kept."""
        self._number += 1
        call = {"id": self._number, "method": method, "params": parameters}
        call |= {"sessionId": self._session} if self._session else {}
        self._send.write(json.dumps(call).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _read(self) -> dict:
        """Return the next message. Messages end with a zero byte; those with images have some megabytes."""
        parts = [self._waiting]
        while b"\0" not in parts[-1]:
            parts.append(os.read(self._receive, 1 << 20))
            if not parts[-1]:
                raise RuntimeError("chromium ended")
        message, _, self._waiting = b"".join(parts).partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict) -> None:
        kind, details = event.get("method"), event.get("params", {})
        if kind == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif kind == "Runtime.exceptionThrown":
            self.messages.append(str(details["exceptionDetails"]))
        elif kind == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.messages.append(str(details["args"]))
        elif kind == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.messages.append(details["entry"]["text"])

    def open(self, address: str) -> None:
        """Load a page, and wait until its scripts are done (`ready`, where it has that promise)."""
        self._ask("Page.navigate", url=address)
        self.run("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")
        self.run("typeof ready === 'undefined' ? 0 : ready")

    def run(self, code: str) -> Any:
        """Return the value of JavaScript in the page; a promise is waited for. Raises RuntimeError if it throws."""
        answer = self._ask("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press and release keys as a person does: `Tab`, `Enter`, `ArrowDown`, `Escape`, or a letter."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        for key in keys:
            code = codes.get(key) or ord(key.upper())
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            same = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            self._ask("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **same)
            self._ask("Input.dispatchKeyEvent", type="keyUp", **same)

    def resize(self, width: int, height: int, mobile: bool = False) -> None:
        """Set the size of the window in CSS pixels; mobile: as a phone lays out pages."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self._ask("Emulation.setDeviceMetricsOverride", mobile=mobile, **size)

    def emulate(self, scheme: str = "light", medium: str = "") -> None:
        """Set the colour scheme, `light` or `dark`, and the medium, `print` or "" for a screen."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._ask("Emulation.setEmulatedMedia", media=medium, features=features)

    def screenshot(self, whole: bool = False) -> str:
        """Return a PNG in base64 of the window, or of the whole page."""
        return self._ask("Page.captureScreenshot", captureBeyondViewport=whole)["data"]

    def pdf(self) -> str:
        """Return the printed page as PDF in base64."""
        return self._ask("Page.printToPDF", printBackground=False)["data"]


@contextmanager
def browser() -> Iterator[Page]:
    """Start a browser with an empty profile, and end it with the block. Raises FileNotFoundError without one."""
    program = find()
    if program is None:
        raise FileNotFoundError(f"no browser; install one of {', '.join(NAMES)}")
    (to_browser, send), (receive, from_browser) = os.pipe(), os.pipe()

    def connect() -> None:
        """The browser reads from file descriptor 3 and writes to 4; moved aside first, lest one overwrite the other."""
        read, write = os.dup(to_browser), os.dup(from_browser)
        os.dup2(read, 3)
        os.dup2(write, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            command, preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_browser)
        os.close(from_browser)
        try:
            yield Page(send, receive)
        finally:
            process.terminate()
            process.wait(timeout=30)
