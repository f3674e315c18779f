"""docker-compose.yml is valid, and what it mounts and names is there."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import yaml

from odoo.release import version_info
from odoo.tools import config

REPO = Path(__file__).resolve().parents[2]
FILE = REPO / "docker-compose.yml"
SECRETS = {"POSTGRES_PASSWORD": "one", "REPLICATION_PASSWORD": "two"}
OURS = {manifest.parent.name for manifest in REPO.glob("sales_*/__manifest__.py")}


class TestCompose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.services = yaml.safe_load(FILE.read_text())["services"]

    def _compose(self, *arguments, **env):
        tool = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        if (
            not shutil.which(tool[0])
            or subprocess.run([*tool, "version"], capture_output=True, check=False).returncode
        ):
            if os.environ.get("CI"):
                self.fail("docker-compose is not installed")
            self.skipTest("docker-compose is not installed")
        clean = {key: value for key, value in os.environ.items() if key not in SECRETS}
        return subprocess.run(
            [*tool, "-f", str(FILE), *arguments],
            env=dict(clean, **env),
            capture_output=True,
            text=True,
            check=False,
        )

    def test_docker_compose_accepts_it(self):
        for profile in ([], ["--profile", "cluster"]):
            done = self._compose(*profile, "config", "--quiet", **SECRETS)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_password_no_start(self):
        done = self._compose("config", "--quiet")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("POSTGRES_PASSWORD", done.stderr)

    def test_no_secret_is_written_down(self):
        for key, value in re.findall(r"^\s*(\w*PASSWORD\w*):\s*(.*)$", FILE.read_text(), re.M):
            self.assertRegex(value, r"^\$\{\w+:[?-]", f"{key} must come from the environment")

    def test_official_images_of_this_version(self):
        images = {name: service["image"] for name, service in self.services.items()}
        for name in ("odoo", "setup", "odoo-1", "odoo-2"):
            self.assertEqual(images[name], f"odoo:{version_info[0]}")
        self.assertEqual(images["db"], images["replica"])
        self.assertTrue(images["db"].startswith("postgres:"))

    def test_mounted_files_are_there(self):
        for name, service in self.services.items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("./") and Path(source).name not in OURS:
                    self.assertTrue((REPO / source).is_file(), f"{name} mounts {source}")

    def test_every_addon_of_ours_is_mounted_and_installed(self):
        mounted = {
            Path(volume.split(":")[0]).name
            for volume in self.services["odoo"]["volumes"]
            if "/mnt/extra-addons/" in volume
        }
        self.assertEqual(mounted, OURS)
        self.assertIn(f"--init={','.join(sorted(OURS))}", self.services["setup"]["command"])

    def test_every_server_has_a_healthcheck(self):
        for name, service in self.services.items():
            if name != "setup":
                self.assertIn("test", service.get("healthcheck", {}), name)

    def test_dependencies_exist_in_the_same_profile(self):
        for name, service in self.services.items():
            profiles = set(service.get("profiles", []))
            for other in service.get("depends_on", {}):
                self.assertIn(other, self.services, name)
                self.assertLessEqual(set(self.services[other].get("profiles", [])), profiles, name)

    def test_options_are_odoos(self):
        """A renamed or misspelt option would only show when the container starts."""
        known = set(config.parser._long_opt)
        for name in ("odoo", "setup", "odoo-1"):
            for option in self.services[name]["command"]:
                match = re.match(r"(--[\w-]+)", option) or re.search(r":-(--[\w-]+)", option)
                if match:
                    self.assertIn(match[1], known, name)

    def test_cluster_reads_from_a_replica_behind_a_proxy(self):
        worker = self.services["odoo-1"]
        self.assertEqual(worker, self.services["odoo-2"])
        self.assertIn("--db_replica_host=replica", worker["command"])
        self.assertIn("--proxy-mode", worker["command"])
        upstreams = set(re.findall(r"server (\S+):", (REPO / "deploy/nginx.conf").read_text()))
        self.assertEqual(upstreams, {"odoo-1", "odoo-2"})
        self.assertEqual(
            set(self.services["proxy"]["depends_on"]),
            {"odoo-1", "odoo-2"},
            "the proxy waits for both",
        )
