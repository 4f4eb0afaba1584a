"""A function mapped over fixed batches: here, over local processes, or on a Dask cluster.

The batches are the caller's and never depend on where they are done, and a batch starts from nothing but itself and
what all share, so the answers are the same wherever they come from. A batch whose worker dies is done again elsewhere.
"""

from counterpact.cluster.mapping import ClusterError, Engine, engine

__all__ = ["ClusterError", "Engine", "engine"]
