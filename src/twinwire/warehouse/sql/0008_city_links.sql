-- Pairs of twinned places, from what the stories say (city_link_mentions) and what lists say (known_links).

CREATE OR REPLACE VIEW city_links AS
  WITH told AS (
    SELECT m.*, i.source_id, i.wire, i.language, i.first_seen_at, i.last_seen_at,
           coalesce(i.published_at, i.first_seen_at) AS told_at
    FROM city_link_mentions m JOIN items i USING (item_id)
    WHERE m.published AND m.place_a IS NOT NULL AND m.place_b IS NOT NULL),
  pairs AS (
    SELECT place_a, place_b, mode(level) AS level, arg_max(status, (told_at, confidence)) AS status,
           mode(since_year) AS since_year, bool_and(domestic) AS domestic,
           min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at, max(told_at) AS last_told_at,
           count(DISTINCT item_id) AS n_items, count(DISTINCT source_id) AS n_sources, count(DISTINCT wire) AS n_wires,
           count(DISTINCT language) AS n_languages, max(confidence) AS confidence,
           count(DISTINCT since_year) > 1 AS years_differ,
           max(told_at) FILTER (status <> 'ended' AND status <> 'proposed') > min(told_at) FILTER (status = 'ended') AS outlives
    FROM told GROUP BY place_a, place_b),
  lists AS (SELECT place_a, place_b, min(started) AS listed_since, max(ended) AS listed_end FROM known_links GROUP BY place_a, place_b)
  SELECT p.place_a, p.place_b, a.name AS name_a, a.country_code AS country_a, b.name AS name_b, b.country_code AS country_b,
         p.level, p.status, p.since_year, p.domestic, p.first_seen_at, p.last_seen_at, p.last_told_at, p.n_items, p.n_sources, p.n_wires,
         p.n_languages, p.confidence, k.place_a IS NOT NULL AS known, k.listed_since,
         nullif(concat_ws('; ', CASE WHEN p.years_differ THEN 'years differ' END,
                          CASE WHEN p.outlives THEN 'told as ended and later as not' END,
                          CASE WHEN k.listed_end IS NOT NULL AND p.status <> 'ended' THEN 'ended in a list' END), '') AS conflict
  FROM pairs p LEFT JOIN lists k USING (place_a, place_b) LEFT JOIN places a ON a.place_id = p.place_a
       LEFT JOIN places b ON b.place_id = p.place_b;
COMMENT ON VIEW city_links IS 'Pairs of twinned places that stories tell of, order-free; domestic pairs are marked';
COMMENT ON COLUMN city_links.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN city_links.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN city_links.name_a IS 'English or international name of place_a';
COMMENT ON COLUMN city_links.country_a IS 'Country of place_a, ISO 3166-1 alpha-2';
COMMENT ON COLUMN city_links.name_b IS 'English or international name of place_b';
COMMENT ON COLUMN city_links.country_b IS 'Country of place_b, ISO 3166-1 alpha-2';
COMMENT ON COLUMN city_links.level IS 'region, city or district: what most statements have';
COMMENT ON COLUMN city_links.status IS 'established, existing, anniversary, proposed or ended, by the newest statement';
COMMENT ON COLUMN city_links.since_year IS 'Year of founding that most statements give; NULL where none gives one';
COMMENT ON COLUMN city_links.domestic IS 'Both places lie in one state';
COMMENT ON COLUMN city_links.first_seen_at IS 'Instant the first item that tells of it was seen, UTC';
COMMENT ON COLUMN city_links.last_seen_at IS 'Instant an item that tells of it was last seen in its feed, UTC';
COMMENT ON COLUMN city_links.last_told_at IS 'Publication of the newest item that tells of it, UTC; its first sight where that is not known';
COMMENT ON COLUMN city_links.n_items IS 'Items that tell of it';
COMMENT ON COLUMN city_links.n_sources IS 'Sources of these items';
COMMENT ON COLUMN city_links.n_wires IS 'Agencies of these items';
COMMENT ON COLUMN city_links.n_languages IS 'Languages of these items';
COMMENT ON COLUMN city_links.confidence IS 'Of the surest statement, 0 to 1';
COMMENT ON COLUMN city_links.known IS 'A list has the pair: see known_links';
COMMENT ON COLUMN city_links.listed_since IS 'Earliest begin the lists give; NULL where they give none';
COMMENT ON COLUMN city_links.conflict IS 'What does not fit together: years, an end that was not one; NULL where nothing does';
