"""What was done, page by page, in a file that outlives whoever writes it.

`entry` says what is kept of a page, `book` writes, reads and merges it, `claims` keeps two runs
from doing the same, and `parts` holds the pages of a result that is not whole yet.
"""

from inksight_cli.ledger.book import Ledger, merge_ledgers
from inksight_cli.ledger.entry import Entry, fingerprint

NAME = ".inksight-ledger.jsonl"
"""The ledger in a folder of results."""

__all__ = ["NAME", "Entry", "Ledger", "fingerprint", "merge_ledgers"]
