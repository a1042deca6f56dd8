"""What the owner decides: policies, currencies, closed destinations."""
