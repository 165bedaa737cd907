"""Access as code for project teams on Azure."""

__version__ = "0.1.0"
