-- Full-text search: which words stand where in which item, so that a search reads the rows of its words and nothing else.
-- Rows are appended, a run per batch, and runs are merged into longer ones sorted by token (warehouse/searchindex.py); statistics of
-- the row groups then lead to a token. A token is a number, for numbers are filtered five times faster than words. A changed item
-- gets a new number; rows of numbers that search_docs lacks are void.

CREATE TABLE search_docs (
  doc       UINTEGER  NOT NULL,
  item_id   UUID      NOT NULL,
  title     UINTEGER  NOT NULL,
  size      UINTEGER  NOT NULL,
  published TIMESTAMP NOT NULL,
  language  VARCHAR
);
COMMENT ON TABLE search_docs IS 'Items as the search knows them, at their current revision; search with FROM search_items(''words'')';
COMMENT ON COLUMN search_docs.doc IS 'Number of this revision of the item in the search tables; never used again';
COMMENT ON COLUMN search_docs.item_id IS 'Item';
COMMENT ON COLUMN search_docs.title IS 'Words of the headline: what stands below this number stands in it';
COMMENT ON COLUMN search_docs.size IS 'Words of headline, summary and body; characters where words are not written apart';
COMMENT ON COLUMN search_docs.published IS 'Instant of publication, or of first sight where that is not known, UTC';
COMMENT ON COLUMN search_docs.language IS 'Primary language subtag; NULL where it could not be told';

CREATE TABLE search_index (
  run   UINTEGER NOT NULL,
  token UBIGINT  NOT NULL,
  doc   UINTEGER NOT NULL,
  spot  UINTEGER NOT NULL
);
COMMENT ON TABLE search_index IS 'What stands where: words of the items, and pairs of characters of scripts whose words are not written apart';
COMMENT ON COLUMN search_index.run IS 'Run the row belongs to';
COMMENT ON COLUMN search_index.token IS 'search_token() of a word; or a character''s code point times 2^21 plus the next one''s, 0 before a blank';
COMMENT ON COLUMN search_index.doc IS 'Item by its number in search_docs; void where that lacks it';
COMMENT ON COLUMN search_index.spot IS 'Where it stands, counted from 0: headline, then summary, then body, with one number left out between them';

CREATE TABLE search_lexicon (
  run   UINTEGER NOT NULL,
  word  VARCHAR  NOT NULL,
  token UBIGINT  NOT NULL
);
COMMENT ON TABLE search_lexicon IS 'Words of each run, folded, for searches by beginnings (word*)';
COMMENT ON COLUMN search_lexicon.run IS 'Run';
COMMENT ON COLUMN search_lexicon.word IS 'Word without case and accents, 64 characters at most';
COMMENT ON COLUMN search_lexicon.token IS 'Its search_token()';

CREATE TABLE search_runs (
  run      UINTEGER NOT NULL,
  level    UTINYINT NOT NULL,
  entries  UBIGINT  NOT NULL,
  last_doc UINTEGER NOT NULL
);
COMMENT ON TABLE search_runs IS 'Runs of search_index and search_lexicon: one per batch, merged as they grow';
COMMENT ON COLUMN search_runs.run IS 'Run';
COMMENT ON COLUMN search_runs.level IS '0 for a batch; rows of higher levels are sorted';
COMMENT ON COLUMN search_runs.entries IS 'Rows in search_index';
COMMENT ON COLUMN search_runs.last_doc IS 'Highest number in it';

CREATE TABLE search_letters (
  letter    VARCHAR NOT NULL,
  plain     VARCHAR NOT NULL,
  algorithm VARCHAR NOT NULL
);
COMMENT ON TABLE search_letters IS 'Characters that do not count as what they are in a search, and what they count as';
COMMENT ON COLUMN search_letters.letter IS 'Character';
COMMENT ON COLUMN search_letters.plain IS 'What it counts as: one character, two, or none';
COMMENT ON COLUMN search_letters.algorithm IS 'Version of the words; with another one all items are read anew';
