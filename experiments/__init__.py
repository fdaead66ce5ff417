"""
Experiments that stay honest: assignment, exposure, readout.

Owns experiments, assignments, exposures.
Publishes Exposed.
Listens to nothing.
"""
