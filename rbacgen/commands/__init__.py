"""The order of steps of each command, written once: from files and sources to a result that a front end can show."""
