"""Signs of evasion after a listing: each says its rule, the fact that fired it, and how often the rule fires at all."""
