"""How the shop looks: colours, sizes, logo, theme."""
