"""What the order desk asks of the whole shop: the list of orders, and what waits for a human. Reads only."""
