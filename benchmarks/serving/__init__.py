"""What ``benchmarks.web`` is made of: a world, two servers, a bare page, and whoever asks for pages."""
