"""Long acts: carried out by a worker, watched by whoever started them."""
