"""Thin Prefect flows over :mod:`twinwire`. Hold no parsing and no SQL; correctness never depends on them.

The only package that imports prefect. Installed as ``twinwire_flows``.
"""
