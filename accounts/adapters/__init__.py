"""Where allauth asks us."""
