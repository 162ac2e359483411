"""Modules of Python 2 whose contents have moved."""
