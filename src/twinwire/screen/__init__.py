"""The screen stage: which topics an entry is about, how surely, and why. Pure; fetches and stores nothing."""

from twinwire.screen.explain import Explanation, Marked, explain
from twinwire.screen.places import Places
from twinwire.screen.screening import Screen, compiled

__all__ = ["Explanation", "Marked", "Places", "Screen", "compiled", "explain"]
