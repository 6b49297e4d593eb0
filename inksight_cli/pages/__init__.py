"""From a file to upright pages: pictures, PDFs, several pages in one file, page ranges.

`load` opens files; a `page.PageImage` is what the rest of the house sees of one page.
"""
