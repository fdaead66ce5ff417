"""The parts of the drill of live updates."""
