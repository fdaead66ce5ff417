"""
Files that people upload: checked, re-encoded, stored out of reach, served by signed links.

Owns assets.
Publishes nothing.
Listens to nothing.
"""
