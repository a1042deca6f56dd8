"""What core and plugins agree on: typed contracts and hook specifications. No rows, no Flask."""
