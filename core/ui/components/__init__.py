"""The components, by topic; each is a template tag whose arguments are keyword-only."""
