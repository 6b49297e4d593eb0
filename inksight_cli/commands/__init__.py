"""The command line: one file per command, flags to calls, nothing else.

Every module here is imported by ``inksight --help``, so each imports only typer, the standard
library and `inksight_cli.errors` at its top; all else is imported inside the functions.
"""
