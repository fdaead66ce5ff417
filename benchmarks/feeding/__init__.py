"""What the feed costs a page where a hundred thousand members have had to do with ten thousand things."""
