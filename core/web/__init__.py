"""
What every request passes: ids, headers, limits, cache, guarded fetcher, API tokens, health.

Owns API tokens.
Publishes nothing.
Listens to nothing.
"""
