"""The command line: parse arguments, call one function, print; DESIGN.md §3 is the contract."""

import gc
import os

gc.set_threshold(300_000)  # what is loaded and read stays: looking for cycles in it took a sixth of a short command
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads: a fit is many small matrices
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # or it reads every library's metadata to find some

from pipelines.commands.cli import main  # noqa: E402  what stands above holds for all that loads here

if __name__ == "__main__":
    try:
        main()
    finally:
        gc.freeze()  # the process ends: cycles in what goes with it are not looked for
