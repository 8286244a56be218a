-- What a story says of itself beyond its text: where and when it was filed, which places it names, what agency formats add.

ALTER TABLE items ADD COLUMN dateline_date_rule VARCHAR;
ALTER TABLE items ADD COLUMN dateline_precision VARCHAR;
ALTER TABLE items ADD COLUMN slug VARCHAR;
ALTER TABLE items ADD COLUMN version VARCHAR;
ALTER TABLE items ADD COLUMN status VARCHAR;
ALTER TABLE items ADD COLUMN embargo_raw VARCHAR;
ALTER TABLE items ADD COLUMN corrects VARCHAR;
ALTER TABLE items ADD COLUMN media_topics VARCHAR[];
COMMENT ON COLUMN items.dateline_raw IS 'Dateline as printed; NULL where the story has none';
COMMENT ON COLUMN items.dateline_date IS 'Date of the dateline, local to its place; NULL where it is not printed or not known beyond doubt';
COMMENT ON COLUMN items.dateline_place_id IS 'GeoNames id of the first place of the dateline; NULL where it names none or none that is known';
COMMENT ON COLUMN items.dateline_date_rule IS 'How dateline_date was read: printed, year from publication …; NULL without a dateline';
COMMENT ON COLUMN items.dateline_precision IS 'city, admin1 or country: how precisely the first place of the dateline is known';
COMMENT ON COLUMN items.slug IS 'Slug line of agency formats';
COMMENT ON COLUMN items.version IS 'Version the agency gives the document';
COMMENT ON COLUMN items.status IS 'Publication status the agency gives (usable, withheld, canceled …); NULL where the format has none';
COMMENT ON COLUMN items.embargo_raw IS 'Embargo exactly as the document gives it';
COMMENT ON COLUMN items.corrects IS 'Id or address of the item that this one corrects or replaces, as the document names it';
COMMENT ON COLUMN items.media_topics IS 'IPTC Media Topics (medtop codes): those the document names, and those of the topics it is kept for';

CREATE TABLE places (
  place_id     BIGINT  NOT NULL,
  name         VARCHAR NOT NULL,
  level        VARCHAR NOT NULL,
  admin1       VARCHAR,
  admin1_code  VARCHAR,
  country_code VARCHAR NOT NULL,
  latitude     DOUBLE,
  longitude    DOUBLE,
  population   BIGINT  NOT NULL
);
COMMENT ON TABLE places IS 'Rows of the gazetteer that items refer to (GeoNames, CC BY 4.0)';
COMMENT ON COLUMN places.place_id IS 'GeoNames id';
COMMENT ON COLUMN places.name IS 'English or international name';
COMMENT ON COLUMN places.level IS 'city, admin1 (state, province, region) or country';
COMMENT ON COLUMN places.admin1 IS 'Name of the first-level division; NULL where not known';
COMMENT ON COLUMN places.admin1_code IS 'GeoNames code of the first-level division within its country';
COMMENT ON COLUMN places.country_code IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN places.latitude IS 'Degrees north, WGS 84';
COMMENT ON COLUMN places.longitude IS 'Degrees east, WGS 84';
COMMENT ON COLUMN places.population IS 'Inhabitants as GeoNames gives them; 0 where it gives none';

CREATE TABLE item_places (
  item_id      UUID     NOT NULL,
  role         VARCHAR  NOT NULL,
  surface      VARCHAR  NOT NULL,
  place_id     BIGINT,
  precision    VARCHAR,
  confidence   DOUBLE   NOT NULL,
  alternatives BIGINT[] NOT NULL,
  rule         VARCHAR  NOT NULL,
  start        INTEGER,
  stop         INTEGER
);
COMMENT ON TABLE item_places IS 'Places named in an item at its current revision, one row per role and place, at the first mention';
COMMENT ON COLUMN item_places.item_id IS 'Item';
COMMENT ON COLUMN item_places.role IS 'Where it is named: dateline, title, summary or body';
COMMENT ON COLUMN item_places.surface IS 'Name as written';
COMMENT ON COLUMN item_places.place_id IS 'Place; NULL for a dateline whose place is not in the gazetteer';
COMMENT ON COLUMN item_places.precision IS 'city, admin1 or country: how precisely it is known';
COMMENT ON COLUMN item_places.confidence IS '0 to 1: how sure it is that this place is meant';
COMMENT ON COLUMN item_places.alternatives IS 'Other places of that name that were considered, best first';
COMMENT ON COLUMN item_places.rule IS 'What decided between the places of that name';
COMMENT ON COLUMN item_places.start IS 'First character in the field, counted from 0 in code points; NULL in structured fields';
COMMENT ON COLUMN item_places.stop IS 'One past the last character';
