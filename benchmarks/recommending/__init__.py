"""The parts of the recommender's benchmark: peers, quality, speed, and items that nobody took yet."""
