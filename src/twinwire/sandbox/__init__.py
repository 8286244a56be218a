"""Processes that read what came from outside, so that a payload that kills its reader kills nothing else.

The way of a payload::

    reading.Readers     source + payload → Parsed, Page or Failure       (what the pipeline and the probes call)
      pool.Pool         tasks → batches → the processes there are        (parent)
        child.Child     one process: start, ask, kill                    (parent)
          ---- a pair of pipes; only bytes and JSON pass ----
          worker        limits, then: read a batch, answer task by task  (child)
            work        what is done with a payload                      (child)

A child is a new interpreter, never a fork of this one, which has threads and an open database. It gets no environment
but its paths, so no credentials, and may write no file. Nothing it says is believed beyond its shape: ``codec`` takes
JSON apart field by field.

What a process is held to is in :class:`~twinwire.sandbox.child.Limits`. Where the system cannot hold it to an amount of
memory (macOS), time is the only bound.
"""
