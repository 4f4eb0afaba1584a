"""Detection along routes: sensors on arcs of a network against an evader who takes the route most likely to succeed."""
