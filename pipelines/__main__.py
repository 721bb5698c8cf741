"""The command line: parse arguments, call one function, print; DESIGN.md §3 is the contract."""

import gc
import os

gc.set_threshold(10_000)  # what is loaded and read stays: looking for cycles in it took an eighth of a short command
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads: a fit is many small matrices

from pipelines.commands.cli import main  # noqa: E402  what stands above holds for all that loads here

if __name__ == "__main__":
    main()
