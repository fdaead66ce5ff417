"""What every room leans on, in ten parts; closed by contract, so that it cannot become a drawer."""
