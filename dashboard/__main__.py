"""`python -m dashboard`: serve the published editions."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads: readers are many, cores are few

import ipaddress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboard.app import create_app, today
from dashboard.reader import Reader
from dashboard.server import Server

command = typer.Typer(add_completion=False, help="Serve the dashboard.")


@command.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8050,
    data_dir: Annotated[Path, typer.Option(help="The data directory; its processed/ is read, never written.")] = Path(
        "data"
    ),
    today_is: Annotated[
        datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The day it is, instead of the clock's.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Reload and show errors; on a loopback address only.")] = False,
) -> None:
    """Serve the published editions until SIGTERM."""
    if debug and not is_loopback(host):
        typer.echo(f"--debug on {host}: only on a loopback address such as 127.0.0.1", err=True)
        raise typer.Exit(1)
    fixed: date | None = today_is.date() if today_is else None
    app = create_app(Reader(data_dir / "processed"), (lambda: fixed) if fixed else today)
    if debug:
        app.run(host=host, port=port, debug=True)
        return
    Server(app.server, host, port, f"Hemicycle: http://{_in_address(host)}:{port}").run()


def is_loopback(host: str) -> bool:
    """True for addresses that only this machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    command()
