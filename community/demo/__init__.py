"""The demo: a small world to walk in, and a bar to walk it by. Exists under demo settings only."""
