"""What all share that ask a model behind an HTTP API: faults, prices, keys, images, replies."""
