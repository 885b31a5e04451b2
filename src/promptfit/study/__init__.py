"""What the model can't do, where it looks, and what mending it would be worth."""
