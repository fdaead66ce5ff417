"""What buys for ``./run bench checkout``: whole purchases, single postings, and bare rows beside both."""
