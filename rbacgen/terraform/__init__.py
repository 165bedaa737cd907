"""Writes the desired state down as Terraform."""
