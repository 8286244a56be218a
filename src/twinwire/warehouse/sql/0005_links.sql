-- Who is twinned with whom, as the stories say it: one row per statement. The pairs themselves are the view city_links.

CREATE TABLE city_link_mentions (
  item_id    UUID    NOT NULL,
  place_a    BIGINT,
  place_b    BIGINT,
  surface_a  VARCHAR NOT NULL,
  surface_b  VARCHAR NOT NULL,
  level      VARCHAR NOT NULL,
  status     VARCHAR NOT NULL,
  since_year INTEGER,
  domestic   BOOLEAN NOT NULL,
  quote      VARCHAR NOT NULL,
  field      VARCHAR NOT NULL,
  start      INTEGER NOT NULL,
  stop       INTEGER NOT NULL,
  rule       VARCHAR NOT NULL,
  confidence DOUBLE  NOT NULL,
  published  BOOLEAN NOT NULL
);
COMMENT ON TABLE city_link_mentions IS 'Statements in items, at their current revision, that two places are twinned; the pair has no order';
COMMENT ON COLUMN city_link_mentions.item_id IS 'Item';
COMMENT ON COLUMN city_link_mentions.place_a IS 'Place with the smaller id, GeoNames; NULL where the gazetteer has neither';
COMMENT ON COLUMN city_link_mentions.place_b IS 'Place with the larger id, GeoNames; NULL where the gazetteer has one of them or none';
COMMENT ON COLUMN city_link_mentions.surface_a IS 'Name of place_a as written';
COMMENT ON COLUMN city_link_mentions.surface_b IS 'Name of place_b as written';
COMMENT ON COLUMN city_link_mentions.level IS 'region, city or district: the higher of both places';
COMMENT ON COLUMN city_link_mentions.status IS 'established, existing, anniversary, proposed or ended, as the sentence has it';
COMMENT ON COLUMN city_link_mentions.since_year IS 'Year of founding the sentence gives; NULL where it gives none';
COMMENT ON COLUMN city_link_mentions.domestic IS 'Both places lie in one state; such pairs are no city links';
COMMENT ON COLUMN city_link_mentions.quote IS 'The sentence, at most 500 characters';
COMMENT ON COLUMN city_link_mentions.field IS 'Where it stands: title, summary or body';
COMMENT ON COLUMN city_link_mentions.start IS 'First code point of the quote in the field';
COMMENT ON COLUMN city_link_mentions.stop IS 'Code point behind its last';
COMMENT ON COLUMN city_link_mentions.rule IS 'The part each place plays in the sentence: "with + subj"';
COMMENT ON COLUMN city_link_mentions.confidence IS 'How sure the statement is, 0 to 1';
COMMENT ON COLUMN city_link_mentions.published IS 'Sure enough to count in city_links; the rest are candidates for a reader';
