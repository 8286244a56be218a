"""The fetch stage, the only one that talks to the network: source + its state → payload, unchanged, or a named failure.

``guard`` (which addresses) → ``wire`` (connections and the deadline) → ``coding`` (gzip, counted) → ``body`` (read and
judged whole or not) → ``transport`` (one GET) → ``feeds`` (conditional GET, what an answer means) → ``fetcher`` (one
source), with ``politeness`` (threads per host) around it and ``folders`` for sources that are no network at all.
"""

from twinwire.fetch.feeds import Came
from twinwire.fetch.fetcher import Fetcher
from twinwire.fetch.politeness import HostQueues

__all__ = ["Came", "Fetcher", "HostQueues"]
