"""The first run: a token printed in the terminal opens a page that makes the owner and the school; then a checklist."""
