"""
The roof: settings, addresses, processes, the home and search pages, the demo world and the journeys across apps.

Owns no table of its own but the school's settings; composes what the rooms below offer.
Publishes nothing.
Listens to nothing; no other room imports it.
"""
