-- One story, many sightings: what is compared of each item, so that a later copy finds it. Rows are only ever appended,
-- in the order of their days, so that a question about the last weeks reads the last row groups and nothing else.

CREATE TABLE story_texts (
  item_id    UUID       NOT NULL,
  story_id   UUID       NOT NULL,
  rule       VARCHAR,
  like_item_id UUID,
  similarity DOUBLE,
  algorithm  VARCHAR    NOT NULL,
  source_id  VARCHAR    NOT NULL,
  issuer     VARCHAR,
  title      VARCHAR    NOT NULL,
  notice     VARCHAR,
  mark       VARCHAR,
  corrects_item_id UUID,
  day        DATE       NOT NULL,
  size       INTEGER    NOT NULL,
  digest     UINTEGER[] NOT NULL,
  batch_id   UUID       NOT NULL
);
COMMENT ON TABLE story_texts IS 'What is compared of each version of an item, and why it belongs to its story';
COMMENT ON COLUMN story_texts.item_id IS 'Item';
COMMENT ON COLUMN story_texts.story_id IS 'Story: the id of its item published first (undated ones last)';
COMMENT ON COLUMN story_texts.rule IS 'Rule by which it is the same story as like_item_id; NULL when it was alone';
COMMENT ON COLUMN story_texts.like_item_id IS 'Item of the story it is most like; NULL when it was alone';
COMMENT ON COLUMN story_texts.similarity IS 'Estimated Jaccard index of the shingles of both';
COMMENT ON COLUMN story_texts.algorithm IS 'Version of the signature; signatures of different versions are not compared';
COMMENT ON COLUMN story_texts.source_id IS 'Source as named in sources.yaml';
COMMENT ON COLUMN story_texts.issuer IS 'Body that issued the release; NULL where nothing says so';
COMMENT ON COLUMN story_texts.title IS 'Headline without a correction mark';
COMMENT ON COLUMN story_texts.notice IS 'correction, update or kill; NULL for an ordinary story';
COMMENT ON COLUMN story_texts.mark IS 'Words or status that say so';
COMMENT ON COLUMN story_texts.corrects_item_id IS 'Item that the notice corrects or withdraws; NULL when it was not found';
COMMENT ON COLUMN story_texts.day IS 'UTC day of publication, or of first sight where that is not known';
COMMENT ON COLUMN story_texts.size IS 'Distinct shingles';
COMMENT ON COLUMN story_texts.digest IS 'MinHash signature; empty when the text is too short to compare';
COMMENT ON COLUMN story_texts.batch_id IS 'Batch that wrote it';

CREATE TABLE story_bands (
  band    BIGINT NOT NULL,
  item_id UUID   NOT NULL,
  day     DATE   NOT NULL
);
COMMENT ON TABLE story_bands IS 'Keys under which like texts meet: bands of the signature, and the headline';
COMMENT ON COLUMN story_bands.band IS 'Key';
COMMENT ON COLUMN story_bands.item_id IS 'Item';
COMMENT ON COLUMN story_bands.day IS 'Day the item was loaded, UTC: rows lie in this order';

CREATE TABLE story_paragraphs (
  paragraph BIGINT NOT NULL,
  story_id  UUID   NOT NULL,
  day       DATE   NOT NULL
);
COMMENT ON TABLE story_paragraphs IS 'Long paragraphs by key: one that several stories share is boilerplate and is not compared';
COMMENT ON COLUMN story_paragraphs.paragraph IS 'Key of its letters';
COMMENT ON COLUMN story_paragraphs.story_id IS 'Story it stands in';
COMMENT ON COLUMN story_paragraphs.day IS 'Day the item was loaded, UTC';
COMMENT ON COLUMN items.story_id IS 'Story: the id of its item published first (undated ones last); items of one story are copies and versions of one text';
