"""The parties of ``./run drills kill``, and the points at which they die."""
