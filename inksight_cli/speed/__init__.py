"""How fast the engine is on this machine: fixed work, every setting in a process of its own.

Answers are cut at given lengths, drawn once from a distribution like that of real words, so that
machines and precisions are compared on the same number of tokens whatever a model would say.
"""
