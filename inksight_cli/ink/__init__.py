"""Pixels in, ink out: what on a page is pen, and what is paper, rules, or not of the sheet.

Knows no page, no word and no model: the ground floor of all that looks at pictures.
"""
