"""Apply what a language model wrote about a file: exactly, or not at all."""

from importlib.metadata import version as _version

__version__ = _version("fastapply")
