"""The enforcement coalition: whose channels the exchange runs through, which is not who votes against it."""
