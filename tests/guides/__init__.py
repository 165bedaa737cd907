"""The guides under examples/guides, followed word by word: every file is written, every command run, every output compared."""
