"""WHMCS's half of the world: its actions as WHMCS behaves, and the billing roles on top of them."""
