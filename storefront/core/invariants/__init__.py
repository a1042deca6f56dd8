"""What must hold in the books at every moment (DESIGN B10): ``checks.run_all()``, behind ``storefront audit``.

One module a subject. The books of a plugin (a points ledger, coupon uses) are the plugin's: their checks come with it.
"""
