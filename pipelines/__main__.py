"""The command line: parse arguments, call one function, print; DESIGN.md §3 is the contract."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads: a fit is many small matrices

from pipelines.commands.cli import main

if __name__ == "__main__":
    main()
