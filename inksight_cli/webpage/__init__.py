"""The web page on which ink is looked at, played, searched and put right.

`viewer.js` and `viewer-style.css` are made from ``viewer/`` (TypeScript) and checked in, so that
no node is needed to build or install this package; `page` puts them and the data into one file.
"""
