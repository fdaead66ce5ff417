"""Tags of this room, for pages of any."""
