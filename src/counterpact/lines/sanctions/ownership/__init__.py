"""Who is owned by somebody listed: ownership graphs under each regime's rule, versioned by date."""
