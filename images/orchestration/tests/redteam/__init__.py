"""Hostile pages, files, pictures and clipboards, and a model that obeys them: which defence stops each.

`python -m redteam` (`make redteam`) plays all cases on the real desktop and writes the table of the README.
"""
