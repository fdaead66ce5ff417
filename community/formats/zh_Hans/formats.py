"""Prices are read in threes in China as elsewhere; Django does not group its figures at all."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
