"""What drills and benchmarks stand on: a migrated database of their own, servers that may be killed, a verdict."""
