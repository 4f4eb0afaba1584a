"""What a reader asks of a package: routes, loopholes, who contributes, what drives the result."""
