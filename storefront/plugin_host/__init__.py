"""How the shop runs plugins: discovery, checks, order, dispatch, the enabled set, their settings and migrations."""
