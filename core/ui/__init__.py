"""
The design system: components as template tags, icons, drawn covers and faces.

Owns no table.
Publishes nothing.
Listens to nothing.
"""
