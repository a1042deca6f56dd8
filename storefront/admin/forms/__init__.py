"""Forms made of their declarations: shown, checked, merged with what somebody else stored meanwhile, saved."""
