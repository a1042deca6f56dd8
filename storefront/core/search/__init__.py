"""Finding products by their words. Knows texts and ids, nothing of products: the catalogue hands both over."""
