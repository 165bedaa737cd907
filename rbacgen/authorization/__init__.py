"""Who can do what: the engine that answers, and the access tests, proofs and findings that stand on its answers."""
