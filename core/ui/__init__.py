"""
The design system: components as template tags, icons, drawn covers and faces, layouts, navigation, the styleguide.

Owns no table.
Publishes nothing.
Listens to nothing; apps add what they have to ``core.ui.navigation``.
"""
