-- Pairs of twinned places that lists have (Wikidata, a file of one's own): what "known" means of a link that a story tells of.

CREATE TABLE IF NOT EXISTS known_links (
  source          VARCHAR   NOT NULL,
  ref             VARCHAR   NOT NULL,
  place_a         BIGINT    NOT NULL,
  place_b         BIGINT    NOT NULL,
  started         VARCHAR,
  ended           VARCHAR,
  name_a          VARCHAR   NOT NULL,
  name_b          VARCHAR   NOT NULL,
  rule            VARCHAR   NOT NULL,
  first_listed_at TIMESTAMP NOT NULL,
  listed_at       TIMESTAMP NOT NULL,
  run_id          UUID      NOT NULL,
  batch_id        UUID      NOT NULL
);
COMMENT ON TABLE known_links IS 'Pairs of twinned places as lists have them, one row per statement of a list; read by `twinwire links sync` and `twinwire links import`';
COMMENT ON COLUMN known_links.source IS 'Who lists the pair: wikidata (CC0), or what the imported file says of itself';
COMMENT ON COLUMN known_links.ref IS 'Names the row within its source: a statement of Wikidata, both place ids of an imported pair';
COMMENT ON COLUMN known_links.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN known_links.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN known_links.started IS 'Begin of the link as precise as the list is: 1982, 1982-03 or 1982-03-20; NULL where it gives none';
COMMENT ON COLUMN known_links.ended IS 'End of the link, written likewise; NULL while it lasts, or where the list gives none';
COMMENT ON COLUMN known_links.name_a IS 'Name of place_a as the list has it';
COMMENT ON COLUMN known_links.name_b IS 'Name of place_b as the list has it';
COMMENT ON COLUMN known_links.rule IS 'How the places were found: GeoNames id, or name and country';
COMMENT ON COLUMN known_links.first_listed_at IS 'Instant the row was first read, UTC';
COMMENT ON COLUMN known_links.listed_at IS 'Instant the row was last read, UTC: older than that of its source''s other rows means that the list has it no more';
COMMENT ON COLUMN known_links.run_id IS 'Run that read it last';
COMMENT ON COLUMN known_links.batch_id IS 'Batch that wrote it last';
