"""twinwire: news wires in, stories on friendship cities and regional development out, in DuckDB.

The data's way is told once, in order, in :mod:`twinwire.pipeline`; each stage is a subpackage of the same name.
"""

__version__ = "0.1.0"
