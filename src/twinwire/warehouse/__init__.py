"""DuckDB and Parquet: spool, load, publish, query. Knows no network and judges nothing.

The only package that imports duckdb and pyarrow. The loader's own file is ``store/store.duckdb`` (one process
writes it); people read ``warehouse.duckdb``, a copy that is replaced whole.
"""
