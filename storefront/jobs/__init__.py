"""Background work: what the outbox promised, and the clock. Handlers are the same whoever runs them."""
