"""How dates are written where Django's own way is not the one of the pages; a folder for each language that differs."""
