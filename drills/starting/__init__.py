"""Copies of the tree, starts of the site in them, and the cases that ``./run drills bare`` plays."""
