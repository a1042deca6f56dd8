"""What a delivery would cost, before anybody types an address (SHP-9)."""
