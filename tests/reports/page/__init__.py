"""The page in a real Chromium: what it shows, how it is worked, what it must not do."""
