"""Finding things by their words. Knows texts and ids, nothing of products or orders: their areas hand both over."""
