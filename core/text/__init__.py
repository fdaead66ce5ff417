"""
Text that people write: one Markdown pipeline, sanitising, language, names.

Owns no table.
Publishes nothing.
Listens to nothing.
"""
