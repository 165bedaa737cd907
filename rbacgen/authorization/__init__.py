"""Who can do what: the engine that answers, and the access tests, test runs and findings that are built on its answers."""
