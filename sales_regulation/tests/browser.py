# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A browser that stays open between tours.

Odoo starts a browser for each page that a test shows, and each compiles the scripts of the web
client anew, half of what the page costs. Here tours follow each other in a browser that keeps
files by their address (which changes with their content) and nothing else: cookies and
whatever pages store are cleared.
"""

import os
import shutil
import tempfile
from types import SimpleNamespace

import psutil

from odoo.tests import common
from odoo.tests.common import ChromeBrowser

#: What pages may have stored, but not the files they were made of
STORED = "local_storage,indexeddb,cache_storage,service_workers,file_systems"


class _Kept:
    """The process of a browser, which the end of a tour does not end."""

    def __init__(self, process, port, folder):
        self.process, self.port, self.folder = process, port, folder
        self.pid, self.poll = process.pid, process.poll

    def terminate(self):
        pass

    def wait(self, timeout=None):
        pass

    def end(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class KeptBrowser(ChromeBrowser):
    """A browser that is there already, or a new one."""

    kept = {}

    def _chrome_start(self, user_data_dir, touch_enabled, headless=True, debug=False):
        options = {"headless": headless, "debug": debug}
        if not headless or debug is not False:
            return super()._chrome_start(user_data_dir, touch_enabled, **options)
        kept = self.kept.get(touch_enabled)
        if kept and kept.poll() is not None:
            self.kept.pop(touch_enabled).end()
            kept = None
        if not kept:
            process, port = super()._chrome_start(user_data_dir, touch_enabled, **options)
            kept = self.kept[touch_enabled] = _Kept(process, port, user_data_dir)
            self.user_data_dir = tempfile.mkdtemp(suffix="_chrome_odoo")  # removed by stop()
        return kept, kept.port

    def _spawn_chrome(self, cmd):
        """On any processor, where the tests keep to one."""
        if "DEV_CORE" not in os.environ:
            return super()._spawn_chrome(cmd)
        mine = os.sched_getaffinity(0)
        os.sched_setaffinity(0, range(os.cpu_count()))
        try:
            return super()._spawn_chrome(cmd)
        finally:
            os.sched_setaffinity(0, mine)

    def _websocket_request(self, method, **options):
        if method == "Browser.close" and isinstance(self.chrome, _Kept):
            return self._leave()
        return super()._websocket_request(method, **options)

    def _leave(self):
        """Leave an empty page; after an error, the browser goes as well."""
        try:
            self._websocket_request("Network.clearBrowserCookies")
            self._websocket_request(
                "Storage.clearDataForOrigin",
                params={"origin": self.test_case.base_url(), "storageTypes": STORED},
            )
            self._websocket_request("Page.navigate", params={"url": "about:blank"})
        except Exception:
            self.chrome.end()
            raise


class _Process(psutil.Process):
    """This process, whose children are those that tests have started."""

    def children(self, recursive=False):
        kept = {browser.pid for browser in KeptBrowser.kept.values()}
        return [child for child in super().children(recursive) if child.pid not in kept]


def keep_browsers():
    """From now on tours share browsers, until the function is called that comes back.

    At the end of each class Odoo stops whatever was patched with ``mock`` and every process that
    was started; neither is for what stays.
    """
    stock = {name: getattr(common, name) for name in ("ChromeBrowser", "psutil")}
    common.ChromeBrowser = KeptBrowser
    common.psutil = SimpleNamespace(Process=_Process, wait_procs=psutil.wait_procs)

    def end():
        for name, value in stock.items():
            setattr(common, name, value)
        while KeptBrowser.kept:
            KeptBrowser.kept.popitem()[1].end()

    return end
