"""Question in, grounded reply out."""
