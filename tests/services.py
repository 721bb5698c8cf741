"""Real services on loopback for the tests of what spreads out: an S3 server and PostgreSQL, once a session."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

from tests.servers import free_port, until

_MOTO = Path(sys.prefix) / "s3" / "bin" / "moto_server"  # its libraries are not ours: an environment of its own
MOTO = _MOTO if _MOTO.is_file() else None
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
POSTGRES = next((place for place in _PLACES if (place / "initdb").is_file()), None)


@dataclass(frozen=True)
class S3Server:
    """An S3-compatible server; `environment` is what a client of it needs."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_REGION": "us-east-1",
        }

    def bucket(self, name: str) -> str:
        urlopen(Request(f"{self.url}/{name}", method="PUT"), timeout=10).close()
        return f"s3://{name}/hemicycle"


@contextmanager
def s3() -> Iterator[S3Server]:
    """An S3 server that keeps everything in memory."""
    port = free_port()
    server = S3Server(f"http://127.0.0.1:{port}")
    command = [str(MOTO), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: urlopen(server.url, timeout=10).close(), process)
        yield server
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Database:
    """A PostgreSQL server."""

    port: int

    def new(self, name: str) -> str:
        """The address of an empty database."""
        self.ask(f"CREATE DATABASE {name}")
        return self.url(name)

    def ask(self, statement: str) -> None:
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                connection.execute(statement.encode())
        except psycopg.OperationalError as error:
            raise OSError(str(error)) from error

    def url(self, name: str) -> str:
        return f"postgresql://hemicycle@127.0.0.1:{self.port}/{name}"


@contextmanager
def postgres(folder: Path) -> Iterator[Database]:
    """A server of its own in a folder; it refuses to be root, so that it runs as somebody else there."""
    assert POSTGRES is not None
    owner = "postgres" if os.getuid() == 0 else None
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if owner:
        shutil.chown(data, owner)
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": owner, "cwd": "/"}
    initdb = [str(POSTGRES / "initdb"), "-D", str(data), "-U", "hemicycle", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*initdb, "--locale=C"], check=True, **quiet)
    port = free_port()
    server = [str(POSTGRES / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    process = subprocess.Popen([*server, "-c", "fsync=off"], **quiet)
    try:
        database = Database(port)
        until(lambda: database.ask("SELECT 1"), process)
        yield database
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()
