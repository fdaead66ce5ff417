"""What ``./run drills mutants`` breaks, and how it looks whether a test notices."""
