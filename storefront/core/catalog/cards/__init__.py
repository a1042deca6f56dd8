"""Cards: what lists show of a product, worked out beforehand and kept in step within the unit that changes it."""
