"""`python -m rbacgen`: the same as the `rbacgen` script."""

from rbacgen.cli import main

if __name__ == "__main__":
    main(prog_name="rbacgen")
