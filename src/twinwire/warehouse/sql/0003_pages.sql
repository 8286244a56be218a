-- Article pages: what was asked for on behalf of entries whose feed gives a teaser only.

CREATE TABLE ops.pages (
  run_id         UUID      NOT NULL,
  batch_id       UUID      NOT NULL,
  source_id      VARCHAR   NOT NULL,
  item_id        UUID      NOT NULL,
  url            VARCHAR   NOT NULL,
  fetched_at     TIMESTAMP NOT NULL,
  status         VARCHAR   NOT NULL,
  class          VARCHAR,
  message        VARCHAR,
  http_status    INTEGER,
  bytes          BIGINT    NOT NULL,
  archive_file   VARCHAR,
  archive_offset BIGINT
);
COMMENT ON TABLE ops.pages IS 'Ledger: one row per article page that an entry asked for in a run';
COMMENT ON COLUMN ops.pages.run_id IS 'Run';
COMMENT ON COLUMN ops.pages.batch_id IS 'Batch its entry was loaded with';
COMMENT ON COLUMN ops.pages.source_id IS 'Source of the entry';
COMMENT ON COLUMN ops.pages.item_id IS 'Entry as in seen; the item, where it was kept';
COMMENT ON COLUMN ops.pages.url IS 'Address asked for, without credentials';
COMMENT ON COLUMN ops.pages.fetched_at IS 'Instant of the answer, UTC';
COMMENT ON COLUMN ops.pages.status IS 'read (its text was screened), failed, or waiting (not asked for: over a limit of the run)';
COMMENT ON COLUMN ops.pages.class IS 'Class of the failure; NULL otherwise';
COMMENT ON COLUMN ops.pages.message IS 'Why there is no text, or why it may be incomplete, one line; NULL otherwise';
COMMENT ON COLUMN ops.pages.http_status IS 'Status of the final answer; NULL without one';
COMMENT ON COLUMN ops.pages.bytes IS 'Bytes of the body, decoded';
COMMENT ON COLUMN ops.pages.archive_file IS 'WARC file that holds the raw bytes, relative to the archive folder; NULL without any';
COMMENT ON COLUMN ops.pages.archive_offset IS 'Offset of the record in that file';

ALTER TABLE ops.fetches ADD COLUMN pages INTEGER DEFAULT 0;
ALTER TABLE ops.fetches ADD COLUMN pages_failed INTEGER DEFAULT 0;
COMMENT ON COLUMN ops.fetches.pages IS 'Article pages of its entries that were read';
COMMENT ON COLUMN ops.fetches.pages_failed IS 'Article pages of its entries that gave no text; see ops.pages';
