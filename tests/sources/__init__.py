"""Tests of what is read without Azure: snapshots, az lists, and Terraform's states, plans and files."""
