"""What a line's ink looks like: in which script it is written, and whether it stands on its head.

A small network is asked (`inksight_cli.looks.network`), and the lines of a page together decide
(`inksight_cli.looks.page`). Nothing is read.
"""
