"""The HTTP service: what the command line can ask, asked over the network. No analysis here."""
