"""`python -m rbacgen`: the same as the `rbacgen` script."""

from rbacgen.cli import run

if __name__ == "__main__":
    run()
