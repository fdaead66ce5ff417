"""The parts of the benchmark of fan-out."""
