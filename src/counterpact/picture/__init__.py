"""Evidence reconciled into one consistent picture: bounds, worlds, samples, contradictions."""
