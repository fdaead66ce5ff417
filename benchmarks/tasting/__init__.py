"""How the feed of a demo world fits what its members secretly like."""
