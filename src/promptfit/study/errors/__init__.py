"""What is wrong with an answer, and what follows from it."""
