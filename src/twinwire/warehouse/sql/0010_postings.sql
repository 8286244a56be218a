-- A question of frequent words read millions of rows, one for every place where a word stands, and a place was kept in nine bytes.
-- Now a token has one row in each run, with a list of its items and one of its places: fewer rows, fewer blocks, no sorting of places
-- when runs are merged. Nothing is carried over; the items are read anew when the store is opened next.

DROP TABLE search_index;
CREATE TABLE search_index (
  run      UINTEGER   NOT NULL,
  token    UBIGINT    NOT NULL,
  postings UBIGINT[]  NOT NULL,
  docs     UINTEGER[] NOT NULL,
  spots    INTEGER[]  NOT NULL
);
COMMENT ON TABLE search_index IS 'What stands where: words of the items, and pairs of characters of scripts whose words are not written apart';
COMMENT ON COLUMN search_index.run IS 'Run the row belongs to; its rows lie in order of their tokens';
COMMENT ON COLUMN search_index.token IS 'search_token() of a word; or a character''s code point times 2^21 plus the next one''s, 0 before a blank';
COMMENT ON COLUMN search_index.postings IS 'Items that hold it, in order: number in search_docs times 2^9, how often (up to 255) times 2, 1 if in the headline; void where search_docs lacks the number';
COMMENT ON COLUMN search_index.docs IS 'Item of each place, by its number in search_docs';
COMMENT ON COLUMN search_index.spots IS 'Places, in order of docs: the headline ends before 0, the text begins at 1; one number is left out between summary and body';

DROP TABLE search_docs;
CREATE TABLE search_docs (
  doc           UINTEGER  NOT NULL,
  item_id       UUID      NOT NULL,
  size          UINTEGER  NOT NULL,
  published     TIMESTAMP NOT NULL,
  language      VARCHAR,
  first_seen_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE search_docs IS 'Items as the search knows them, at their current revision; search with FROM search_items(''words'')';
COMMENT ON COLUMN search_docs.doc IS 'Number of this revision of the item in the search tables; never used again';
COMMENT ON COLUMN search_docs.item_id IS 'Item';
COMMENT ON COLUMN search_docs.size IS 'Words of headline, summary and body; characters where words are not written apart';
COMMENT ON COLUMN search_docs.published IS 'Instant of publication, or of first sight where that is not known, UTC';
COMMENT ON COLUMN search_docs.language IS 'Primary language subtag; NULL where it could not be told';
COMMENT ON COLUMN search_docs.first_seen_at IS 'As in items, whose rows lie nearly in this order: it leads to them';

DELETE FROM search_lexicon;
DELETE FROM search_runs;
COMMENT ON COLUMN search_runs.level IS '0 for a batch; one more for every merge';
COMMENT ON COLUMN search_runs.entries IS 'Places in search_index';
