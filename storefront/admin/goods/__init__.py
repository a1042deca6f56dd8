"""What the shop sells: products, their pictures, stock, categories, brands."""
