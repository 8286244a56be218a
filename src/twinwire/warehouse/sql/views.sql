-- Views answer the common questions. They hold no data, so they are made anew at every start.

CREATE OR REPLACE VIEW friendship_cities AS
  SELECT i.* FROM items i WHERE list_contains(i.topics, 'friendship_cities');
COMMENT ON VIEW friendship_cities IS 'Items kept for friendship cities: sister cities, twin towns, partner regions';

CREATE OR REPLACE VIEW regional_development AS
  SELECT i.* FROM items i WHERE list_contains(i.topics, 'regional_development');
COMMENT ON VIEW regional_development IS 'Items kept for regional development';

CREATE OR REPLACE VIEW stories AS
  WITH notes AS (
    SELECT item_id, bool_or(notice = 'kill') AS kills, bool_or(notice = 'correction') AS corrected
    FROM story_texts WHERE notice IN ('kill', 'correction') GROUP BY item_id),
  members AS (
    SELECT i.*, coalesce(n.kills, false) AS kills, coalesce(n.corrected, false) AS corrected,
           -- The canonical item: no notice before a notice, the wire's own copy before one that was taken over, the
           -- earlier before the later.
           row_number() OVER (PARTITION BY i.story_id ORDER BY n.item_id IS NOT NULL, i.republished_from IS NOT NULL,
                              i.published_at NULLS LAST, i.item_id) AS place
    FROM items i LEFT JOIN notes n USING (item_id))
  SELECT story_id,
         min(item_id) FILTER (place = 1)  AS canonical_item_id,
         min(title) FILTER (place = 1)    AS title,
         min(published_at)                AS first_published_at,
         max(published_at)                AS last_published_at,
         count(*)                         AS size,
         count(DISTINCT source_id)        AS sources,
         count(DISTINCT wire)             AS wires,
         CASE WHEN bool_or(kills) THEN 'withdrawn' WHEN bool_or(corrected) THEN 'corrected' ELSE 'current' END AS status
  FROM members GROUP BY story_id;
COMMENT ON VIEW stories IS 'Families of the same text. Canonical is the item that is no correction, not taken over from elsewhere, published first';

CREATE OR REPLACE VIEW sightings AS
  WITH why AS (SELECT item_id, arg_max(rule, day) AS rule, arg_max(like_item_id, day) AS like_item_id,
                      max(notice) AS notice, max(corrects_item_id) AS corrects_item_id
               FROM story_texts GROUP BY item_id)
  SELECT i.item_id, i.story_id, i.source_id,
         CASE WHEN i.republished_from IS NULL THEN 'carrier' ELSE 'republisher' END AS role,
         i.first_seen_at, i.last_seen_at, i.published_at, w.rule, w.like_item_id, w.notice, w.corrects_item_id
  FROM items i LEFT JOIN why w USING (item_id);
COMMENT ON VIEW sightings IS 'Which source showed which item, from when to when, and why it belongs to its story';

CREATE OR REPLACE MACRO items_as_of(instant) AS TABLE
  SELECT r.item_id, r.revision, r.valid_from, r.title, r.summary, r.body, i.source_id, i.url, i.language, i.wire, i.topics, i.story_id
  FROM item_revisions r JOIN items i USING (item_id)
  WHERE r.valid_from <= instant AND (r.valid_to IS NULL OR r.valid_to > instant);
COMMENT ON MACRO TABLE items_as_of IS 'Items in the version that was known at an instant (UTC): FROM items_as_of(TIMESTAMP ''2026-11-01'')';

CREATE OR REPLACE VIEW daily_counts AS
  SELECT CAST(coalesce(i.published_at, i.first_seen_at) AS DATE) AS day, t.topic, i.language,
         count(*) AS items, count(DISTINCT i.story_id) AS stories, count(DISTINCT i.source_id) AS sources
  FROM items i CROSS JOIN unnest(i.topics) AS t(topic)
  GROUP BY ALL;
COMMENT ON VIEW daily_counts IS 'Items and stories per UTC day, topic and language; items without a known date count on the day they were first seen';

CREATE OR REPLACE VIEW feed_health AS
  WITH last AS (
    SELECT source_id, arg_max(status, fetched_at) AS status, arg_max(class, fetched_at) AS class,
           arg_max(message, fetched_at) AS message, arg_max(http_status, fetched_at) AS http_status,
           count(*) AS fetches, count(*) FILTER (status = 'failed') AS failed,
           sum(entries) AS entries, sum(new) AS new, sum(kept_new) AS kept,
           sum(quarantined) AS quarantined, count(damage) AS damaged, median(duration) AS typical_seconds
    FROM ops.fetches GROUP BY source_id),
  gaps AS (SELECT source_id, count(*) AS gaps FROM ops.gaps GROUP BY source_id),
  clock AS (SELECT max(checked_at) AS now FROM ops.sources)
  SELECT s.source_id, s.name,
         CASE WHEN s.failures > 0 THEN 'failing'
              WHEN epoch(clock.now) - epoch(coalesce(s.last_new_at, s.checked_at)) > s.quiet_after THEN 'quiet'
              WHEN l.status = 'waiting' THEN 'waiting'
              ELSE 'well' END AS health,
         s.failures, l.class, l.message, l.http_status, s.checked_at, s.changed_at, s.last_new_at, s.next_try_at,
         l.fetches, l.failed, l.entries, l.new, l.kept, l.quarantined, l.damaged, coalesce(g.gaps, 0) AS gaps,
         l.typical_seconds, s.moved_to
  FROM ops.sources s LEFT JOIN last l USING (source_id) LEFT JOIN gaps g USING (source_id) CROSS JOIN clock;
COMMENT ON VIEW feed_health IS 'How each source is doing, as of the last fetch of any source';

CREATE OR REPLACE VIEW coverage AS
  SELECT s.source_id, s.wire, s.language, s.country, min(e.first_seen_at) AS since, max(e.first_seen_at) AS latest,
         count(e.entry_id) AS entries, count(e.entry_id) FILTER (e.decision = 'kept') AS kept,
         count(e.entry_id) FILTER (e.decision = 'undecided') AS undecided,
         count(e.entry_id) FILTER (e.published_at IS NULL) AS undated
  FROM ops.sources s LEFT JOIN seen e USING (source_id) GROUP BY ALL;
COMMENT ON VIEW coverage IS 'What each source has given so far, kept and not kept';

-- Twinned places: what stories say (city_links, city_link_mentions) beside what lists say (known_links).

CREATE OR REPLACE VIEW known_pairs AS
  SELECT k.place_a, k.place_b, coalesce(any_value(a.name), any_value(k.name_a)) AS name_a, any_value(a.country_code) AS country_a,
         coalesce(any_value(b.name), any_value(k.name_b)) AS name_b, any_value(b.country_code) AS country_b,
         min(k.started) AS started, max(k.ended) AS ended, list(DISTINCT k.source ORDER BY k.source) AS sources,
         min(k.first_listed_at) AS first_listed_at, max(k.listed_at) AS listed_at
  FROM known_links k LEFT JOIN places a ON a.place_id = k.place_a LEFT JOIN places b ON b.place_id = k.place_b
  GROUP BY k.place_a, k.place_b;
COMMENT ON VIEW known_pairs IS 'Pairs of twinned places that lists have, one row per pair, whatever the number of lists';

-- Statements of a story that was withdrawn do not count, nor those that its correction does not repeat.
CREATE OR REPLACE VIEW link_statements AS
  WITH notices AS (SELECT item_id, bool_or(notice = 'kill') AS kills FROM story_texts WHERE notice IN ('kill', 'correction') GROUP BY item_id),
  told AS (
    SELECT m.place_a, m.place_b, m.surface_a, m.surface_b, m.level, m.status, m.since_year, m.domestic, m.quote, m.field, m.start, m.confidence,
           i.item_id, i.story_id, i.source_id, i.wire, i.language, i.title, i.url, i.first_seen_at, i.last_seen_at,
           coalesce(i.published_at, i.first_seen_at) AS told_at, n.kills
    FROM city_link_mentions m JOIN items i USING (item_id) LEFT JOIN notices n USING (item_id)
    WHERE m.published AND m.place_a IS NOT NULL AND m.place_b IS NOT NULL),
  withdrawn AS (
    SELECT i.story_id, max(coalesce(i.published_at, i.first_seen_at)) AS ended_at
    FROM notices n JOIN items i USING (item_id) WHERE n.kills GROUP BY i.story_id),
  corrected AS (SELECT story_id, max(told_at) AS corrected_at FROM told WHERE NOT kills GROUP BY story_id),
  repeated AS (  -- what the last correction of a story says
    SELECT t.story_id, t.place_a, t.place_b, coalesce(list(t.since_year) FILTER (t.since_year IS NOT NULL), []) AS years
    FROM told t JOIN corrected c ON c.story_id = t.story_id AND c.corrected_at = t.told_at
    WHERE NOT t.kills GROUP BY t.story_id, t.place_a, t.place_b)
  SELECT t.* EXCLUDE (kills),
         CASE WHEN t.kills OR t.told_at <= w.ended_at THEN 'withdrawn'
              WHEN t.told_at < c.corrected_at OR (t.kills IS NULL AND t.told_at = c.corrected_at)
                THEN CASE WHEN r.place_a IS NULL OR (len(r.years) > 0 AND NOT list_contains(r.years, t.since_year))
                     THEN 'corrected' END
         END AS void
  FROM told t LEFT JOIN withdrawn w USING (story_id) LEFT JOIN corrected c USING (story_id) LEFT JOIN repeated r USING (story_id, place_a, place_b);
COMMENT ON VIEW link_statements IS 'Sure statements that two places are twinned, and whether the story was withdrawn or corrected since';

CREATE OR REPLACE VIEW city_links AS
  WITH told AS (FROM link_statements WHERE void IS NULL),
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

CREATE OR REPLACE VIEW twin_links AS
  SELECT place_a, place_b, coalesce(c.name_a, k.name_a) AS name_a, coalesce(c.country_a, k.country_a) AS country_a,
         coalesce(c.name_b, k.name_b) AS name_b, coalesce(c.country_b, k.country_b) AS country_b,
         coalesce(c.status, CASE WHEN k.ended IS NULL THEN 'listed' ELSE 'ended' END) AS status,
         coalesce(c.domestic, k.country_a = k.country_b) AS domestic,
         c.since_year, k.started AS listed_since, k.ended AS listed_end, coalesce(c.n_items, 0) AS n_items, c.n_sources, c.n_wires,
         c.n_languages, c.first_seen_at, c.last_told_at, c.confidence, coalesce(k.sources, []) AS lists, c.conflict
  FROM city_links c FULL JOIN known_pairs k USING (place_a, place_b);
COMMENT ON VIEW twin_links IS 'All pairs of twinned places: told by stories, listed, or both; the pair has no order';

CREATE OR REPLACE MACRO links_of(place) AS TABLE
  WITH sides AS (
    SELECT place_a AS place_id, name_a AS name, place_b AS twin_id, name_b AS twin, country_b AS twin_country, * FROM twin_links
    UNION ALL BY NAME
    SELECT place_b AS place_id, name_b AS name, place_a AS twin_id, name_a AS twin, country_a AS twin_country, * FROM twin_links)
  SELECT place_id, name, twin_id, twin, twin_country, status, since_year, listed_since, listed_end, n_items, last_told_at, lists, conflict
  FROM sides
  WHERE CAST(place_id AS VARCHAR) = CAST(place AS VARCHAR)
     OR translate(strip_accents(lower(name)), 'łøđı', 'lodi') = translate(strip_accents(lower(trim(CAST(place AS VARCHAR)))), 'łøđı', 'lodi')
  ORDER BY n_items DESC, twin;
COMMENT ON MACRO TABLE links_of IS 'Twins of one place, by its GeoNames id or its name: FROM links_of(''Zaozhuang'')';

CREATE OR REPLACE VIEW link_history AS
  SELECT t.place_a, t.place_b, coalesce(a.name, t.surface_a) AS name_a, coalesce(b.name, t.surface_b) AS name_b, t.told_at, t.status,
         CASE WHEN t.void IS NULL THEN lag(t.status) OVER told END AS status_before,
         t.void IS NULL AND t.status IS DISTINCT FROM lag(t.status) OVER told AS changed,
         t.since_year, t.void, t.item_id, t.source_id, t.title, t.url, t.quote, t.confidence
  FROM link_statements t LEFT JOIN places a ON a.place_id = t.place_a LEFT JOIN places b ON b.place_id = t.place_b
  WINDOW told AS (PARTITION BY t.place_a, t.place_b, t.void IS NULL ORDER BY t.told_at, t.item_id, t.start);
COMMENT ON VIEW link_history IS 'What was said of a pair, statement by statement in order of publication, and where its status changed';

CREATE OR REPLACE VIEW link_candidates AS
  SELECT m.place_a, m.place_b, coalesce(a.name, m.surface_a) AS name_a, coalesce(b.name, m.surface_b) AS name_b,
         CASE WHEN m.published THEN 'a place is not known' ELSE 'not sure enough' END AS reason,
         coalesce(i.published_at, i.first_seen_at) AS told_at, m.status, m.since_year, m.domestic, m.confidence, m.rule, m.quote,
         m.item_id, i.source_id, i.language, i.title, i.url
  FROM city_link_mentions m JOIN items i USING (item_id)
       LEFT JOIN places a ON a.place_id = m.place_a LEFT JOIN places b ON b.place_id = m.place_b
  WHERE NOT m.published OR m.place_a IS NULL OR m.place_b IS NULL
  ORDER BY m.confidence DESC, m.item_id, m.start;
COMMENT ON VIEW link_candidates IS 'Statements that do not count in city_links, for a reader to judge; the surest first';

CREATE OR REPLACE VIEW new_pairs AS
  WITH said AS (  -- of an item that says several things of a pair, the surest: a story of an old link may look back on its founding
    SELECT place_a, place_b, item_id, min(told_at) AS told_at, arg_max(status, confidence) AS status, min(since_year) AS since_year,
           arg_max(quote, confidence) AS quote, any_value(source_id) AS source_id, any_value(title) AS title, any_value(url) AS url
    FROM link_history WHERE void IS NULL GROUP BY place_a, place_b, item_id),
  first AS (
    SELECT * FROM said WHERE status = 'established' AND coalesce(since_year >= year(told_at), true)
    QUALIFY row_number() OVER (PARTITION BY place_a, place_b ORDER BY told_at, item_id) = 1)
  SELECT f.told_at, c.place_a, c.place_b, c.name_a, c.country_a, c.name_b, c.country_b, c.status, c.n_items, c.confidence,
         f.item_id, f.source_id, f.title, f.url, f.quote
  FROM first f JOIN city_links c USING (place_a, place_b) LEFT JOIN known_pairs k USING (place_a, place_b)
  WHERE NOT c.domestic
    AND (k.place_a IS NULL OR try_cast(left(k.started, 4) AS INTEGER) >= year(f.told_at))
    AND NOT EXISTS (SELECT 1 FROM said h WHERE h.place_a = f.place_a AND h.place_b = f.place_b
                    AND (h.since_year < year(f.told_at) OR (h.told_at < f.told_at AND h.status IN ('existing', 'anniversary', 'ended'))))
  ORDER BY f.told_at DESC, c.name_a;
COMMENT ON VIEW new_pairs IS 'Pairs that a story tells were founded and that nobody knew before: no list, no earlier story; the newest first';

CREATE OR REPLACE VIEW active_regions AS
  WITH sides AS (
    SELECT DISTINCT item_id, place_a, place_b, unnest([place_a, place_b]) AS place_id, told_at
    FROM link_statements WHERE void IS NULL AND NOT domestic)
  SELECT p.country_code, p.admin1, count(DISTINCT (s.place_a, s.place_b)) AS pairs, count(DISTINCT s.place_id) AS places,
         count(DISTINCT s.item_id) AS items, max(s.told_at) AS last_told_at
  FROM sides s JOIN places p USING (place_id)
  GROUP BY p.country_code, p.admin1
  ORDER BY items DESC, pairs DESC, p.country_code, p.admin1;
COMMENT ON VIEW active_regions IS 'First-level divisions by the pairs of their places that stories tell of; the most told of first';

CREATE OR REPLACE VIEW twin_network AS
  SELECT t.place_a AS source, t.place_b AS target, greatest(t.n_items, 1) AS weight, t.n_items, t.status, t.domestic, t.since_year, t.listed_since,
         t.name_a AS source_name, t.country_a AS source_country, a.latitude AS source_latitude, a.longitude AS source_longitude,
         t.name_b AS target_name, t.country_b AS target_country, b.latitude AS target_latitude, b.longitude AS target_longitude
  FROM twin_links t LEFT JOIN places a ON a.place_id = t.place_a LEFT JOIN places b ON b.place_id = t.place_b
  WHERE t.status <> 'ended';
COMMENT ON VIEW twin_network IS 'Pairs that are not ended as an edge list, with coordinates, for networkx, Gephi or a map; the edges have no direction';

CREATE OR REPLACE VIEW link_conflicts AS
  SELECT t.place_a, t.place_b, t.name_a, t.name_b, t.status, t.since_year, t.listed_since, t.listed_end,
         concat_ws('; ', t.conflict, CASE WHEN t.since_year <> try_cast(left(t.listed_since, 4) AS INTEGER) THEN 'a list has another begin' END)
           AS conflict,
         (SELECT list({'told_at': h.told_at, 'status': h.status, 'since_year': h.since_year, 'source_id': h.source_id, 'quote': h.quote}
                      ORDER BY h.told_at, h.item_id)
          FROM link_history h WHERE h.void IS NULL AND h.place_a = t.place_a AND h.place_b = t.place_b) AS statements
  FROM twin_links t
  WHERE t.conflict IS NOT NULL OR t.since_year <> try_cast(left(t.listed_since, 4) AS INTEGER);
COMMENT ON VIEW link_conflicts IS 'Pairs of which stories and lists say things that do not fit together, with all statements';

COMMENT ON COLUMN known_pairs.name_a IS 'Name of place_a: the gazetteer''s, else as a list has it';
COMMENT ON COLUMN known_pairs.country_a IS 'Country of place_a, ISO 3166-1 alpha-2';
COMMENT ON COLUMN known_pairs.name_b IS 'Name of place_b: the gazetteer''s, else as a list has it';
COMMENT ON COLUMN known_pairs.country_b IS 'Country of place_b, ISO 3166-1 alpha-2';
COMMENT ON COLUMN known_pairs.started IS 'Earliest begin that a list gives, as precise as it is there';
COMMENT ON COLUMN known_pairs.ended IS 'Latest end that a list gives; NULL where none gives one';
COMMENT ON COLUMN known_pairs.sources IS 'Lists that have the pair';
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
COMMENT ON COLUMN link_statements.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN link_statements.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN link_statements.status IS 'established, existing, anniversary, proposed or ended, as the sentence has it';
COMMENT ON COLUMN link_statements.title IS 'Headline, plain text';
COMMENT ON COLUMN link_history.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN link_history.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN link_history.status IS 'established, existing, anniversary, proposed or ended, as the sentence has it';
COMMENT ON COLUMN link_history.title IS 'Headline, plain text';
COMMENT ON COLUMN link_statements.told_at IS 'Publication of the item, UTC; its first sight where that is not known';
COMMENT ON COLUMN link_statements.void IS 'withdrawn: a notice took its story back; corrected: a correction of its story tells it otherwise or no more; NULL: it counts';
COMMENT ON COLUMN link_history.void IS 'withdrawn: a notice took its story back; corrected: a correction of its story tells it otherwise or no more; NULL: it counts';
COMMENT ON COLUMN twin_links.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN twin_links.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN twin_links.name_a IS 'English or international name of place_a';
COMMENT ON COLUMN twin_links.country_a IS 'Country of place_a, ISO 3166-1 alpha-2';
COMMENT ON COLUMN twin_links.name_b IS 'English or international name of place_b';
COMMENT ON COLUMN twin_links.country_b IS 'Country of place_b, ISO 3166-1 alpha-2';
COMMENT ON COLUMN twin_links.status IS 'By the newest story: established, existing, anniversary, proposed or ended; listed or ended where only a list has it';
COMMENT ON COLUMN twin_links.since_year IS 'Year of founding that most stories give; NULL where none gives one';
COMMENT ON COLUMN twin_links.listed_since IS 'Earliest begin that a list gives, as precise as it is there';
COMMENT ON COLUMN twin_links.listed_end IS 'Latest end that a list gives; NULL where none gives one';
COMMENT ON COLUMN twin_links.domestic IS 'Both places lie in one state';
COMMENT ON COLUMN twin_links.n_items IS 'Items that tell of it; 0 where only a list has it';
COMMENT ON COLUMN twin_links.n_sources IS 'Sources of these items';
COMMENT ON COLUMN twin_links.n_wires IS 'Agencies of these items';
COMMENT ON COLUMN twin_links.n_languages IS 'Languages of these items';
COMMENT ON COLUMN twin_links.first_seen_at IS 'Instant the first item that tells of it was seen, UTC';
COMMENT ON COLUMN twin_links.last_told_at IS 'Publication of the newest item that tells of it, UTC; its first sight where that is not known';
COMMENT ON COLUMN twin_links.confidence IS 'Of the surest statement, 0 to 1; NULL where only a list has it';
COMMENT ON COLUMN twin_links.lists IS 'Lists that have the pair; empty where none has it';
COMMENT ON COLUMN twin_links.conflict IS 'What does not fit together; NULL where nothing does. More in link_conflicts';
COMMENT ON COLUMN link_history.name_a IS 'Name of place_a: the gazetteer''s, else as written';
COMMENT ON COLUMN link_history.name_b IS 'Name of place_b: the gazetteer''s, else as written';
COMMENT ON COLUMN link_history.told_at IS 'Publication of the item, UTC; its first sight where that is not known';
COMMENT ON COLUMN link_history.status_before IS 'Status by the statement before; NULL for the first';
COMMENT ON COLUMN link_history.changed IS 'The status is another than in the statement before; true for the first';
COMMENT ON COLUMN link_candidates.name_a IS 'Name of place_a: the gazetteer''s, else as written';
COMMENT ON COLUMN link_candidates.name_b IS 'Name of place_b: the gazetteer''s, else as written';
COMMENT ON COLUMN link_candidates.reason IS 'Why it does not count: not sure enough, or a place is not known';
COMMENT ON COLUMN link_candidates.told_at IS 'Publication of the item, UTC; its first sight where that is not known';
COMMENT ON COLUMN new_pairs.told_at IS 'Publication of the first item that tells of the founding, UTC';
COMMENT ON COLUMN new_pairs.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN new_pairs.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN new_pairs.name_a IS 'English or international name of place_a';
COMMENT ON COLUMN new_pairs.country_a IS 'Country of place_a, ISO 3166-1 alpha-2';
COMMENT ON COLUMN new_pairs.name_b IS 'English or international name of place_b';
COMMENT ON COLUMN new_pairs.country_b IS 'Country of place_b, ISO 3166-1 alpha-2';
COMMENT ON COLUMN new_pairs.status IS 'established, existing, anniversary, proposed or ended, by the newest statement';
COMMENT ON COLUMN new_pairs.n_items IS 'Items that tell of the pair';
COMMENT ON COLUMN new_pairs.confidence IS 'Of the surest statement, 0 to 1';
COMMENT ON COLUMN new_pairs.item_id IS 'The first item that tells of the founding';
COMMENT ON COLUMN new_pairs.source_id IS 'Source of that item';
COMMENT ON COLUMN new_pairs.title IS 'Headline of that item';
COMMENT ON COLUMN new_pairs.url IS 'Address of that item';
COMMENT ON COLUMN new_pairs.quote IS 'The sentence that tells it';
COMMENT ON COLUMN active_regions.country_code IS 'Country, ISO 3166-1 alpha-2';
COMMENT ON COLUMN active_regions.admin1 IS 'First-level division: state, province, region; NULL where it is not known';
COMMENT ON COLUMN active_regions.pairs IS 'Pairs of its places; a pair inside it counts once';
COMMENT ON COLUMN active_regions.places IS 'Places in it, and itself, that are told to be twinned';
COMMENT ON COLUMN active_regions.items IS 'Items that tell of them';
COMMENT ON COLUMN active_regions.last_told_at IS 'Publication of the newest of these items, UTC; its first sight where that is not known';
COMMENT ON COLUMN twin_network.source IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN twin_network.target IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN twin_network.weight IS 'Items that tell of the pair, at least 1';
COMMENT ON COLUMN twin_network.n_items IS 'Items that tell of the pair; 0 where only a list has it';
COMMENT ON COLUMN twin_network.status IS 'As in twin_links';
COMMENT ON COLUMN twin_network.domestic IS 'Both places lie in one state';
COMMENT ON COLUMN twin_network.since_year IS 'Year of founding that most stories give; NULL where none gives one';
COMMENT ON COLUMN twin_network.listed_since IS 'Earliest begin that a list gives, as precise as it is there';
COMMENT ON COLUMN twin_network.source_name IS 'Name of source';
COMMENT ON COLUMN twin_network.source_country IS 'Country of source, ISO 3166-1 alpha-2';
COMMENT ON COLUMN twin_network.source_latitude IS 'Degrees north, WGS 84; NULL where the gazetteer has none';
COMMENT ON COLUMN twin_network.source_longitude IS 'Degrees east';
COMMENT ON COLUMN twin_network.target_name IS 'Name of target';
COMMENT ON COLUMN twin_network.target_country IS 'Country of target, ISO 3166-1 alpha-2';
COMMENT ON COLUMN twin_network.target_latitude IS 'Degrees north, WGS 84; NULL where the gazetteer has none';
COMMENT ON COLUMN twin_network.target_longitude IS 'Degrees east';
COMMENT ON COLUMN link_conflicts.place_a IS 'Place with the smaller id, GeoNames';
COMMENT ON COLUMN link_conflicts.place_b IS 'Place with the larger id, GeoNames';
COMMENT ON COLUMN link_conflicts.name_a IS 'English or international name of place_a';
COMMENT ON COLUMN link_conflicts.name_b IS 'English or international name of place_b';
COMMENT ON COLUMN link_conflicts.status IS 'By the newest statement';
COMMENT ON COLUMN link_conflicts.since_year IS 'Year of founding that most stories give; NULL where none gives one';
COMMENT ON COLUMN link_conflicts.listed_since IS 'Earliest begin that a list gives, as precise as it is there';
COMMENT ON COLUMN link_conflicts.listed_end IS 'Latest end that a list gives; NULL where none gives one';
COMMENT ON COLUMN link_conflicts.conflict IS 'What does not fit together';
COMMENT ON COLUMN link_conflicts.statements IS 'What stories say of the pair, in order of publication';

-- Columns that are computed; the others carry the comment of the table's column of the same name.
COMMENT ON COLUMN stories.canonical_item_id IS 'Item that stands for the story';
COMMENT ON COLUMN stories.title IS 'Headline of the canonical item';
COMMENT ON COLUMN stories.wires IS 'Agencies that carried it';
COMMENT ON COLUMN stories.status IS 'current, corrected or withdrawn, by the correction and kill notices among its items';
COMMENT ON COLUMN sightings.role IS 'carrier, or republisher where the feed says that the entry was taken from another site';
COMMENT ON COLUMN stories.first_published_at IS 'Earliest published_at of the family; NULL where none is known';
COMMENT ON COLUMN stories.last_published_at IS 'Latest published_at of the family';
COMMENT ON COLUMN stories.size IS 'Items in the family';
COMMENT ON COLUMN stories.sources IS 'Sources that showed the story';
COMMENT ON COLUMN daily_counts.day IS 'UTC day of publication, or of first sight where that is not known';
COMMENT ON COLUMN daily_counts.topic IS 'Topic as named in topics.yaml; an item with two topics counts for each';
COMMENT ON COLUMN daily_counts.items IS 'Items';
COMMENT ON COLUMN daily_counts.stories IS 'Families of the same text';
COMMENT ON COLUMN daily_counts.sources IS 'Sources that showed them';
COMMENT ON COLUMN feed_health.health IS 'failing, quiet (no new entry for longer than quiet_after), waiting or well';
COMMENT ON COLUMN feed_health.fetches IS 'Fetches on record';
COMMENT ON COLUMN feed_health.failed IS 'Fetches that failed';
COMMENT ON COLUMN feed_health.entries IS 'Entries of all payloads read';
COMMENT ON COLUMN feed_health.new IS 'Entries never seen before, over all fetches';
COMMENT ON COLUMN feed_health.kept IS 'Entries kept for the first time, over all fetches';
COMMENT ON COLUMN feed_health.quarantined IS 'Entries that could not be read, over all fetches';
COMMENT ON COLUMN feed_health.damaged IS 'Fetches whose payload was incomplete';
COMMENT ON COLUMN feed_health.gaps IS 'Stretches of time in which entries may have been missed';
COMMENT ON COLUMN feed_health.typical_seconds IS 'Median seconds of a fetch, from request to parsed entries';
COMMENT ON COLUMN coverage.since IS 'First entry seen, UTC';
COMMENT ON COLUMN coverage.latest IS 'Newest entry seen, UTC; our clock';
COMMENT ON COLUMN coverage.entries IS 'Entries ever seen';
COMMENT ON COLUMN coverage.kept IS 'Entries that are kept';
COMMENT ON COLUMN coverage.undecided IS 'Entries nobody could decide on by rule';
COMMENT ON COLUMN coverage.undated IS 'Entries whose date is not known';
COMMENT ON TABLE ops.migrations IS 'Numbered changes of the schema that this file has been through; number 0 is the views';
COMMENT ON COLUMN ops.migrations.number IS 'Number of the migration';
COMMENT ON COLUMN ops.migrations.name IS 'File it came from';
COMMENT ON COLUMN ops.migrations.digest IS 'Start of the SHA-256 of its text';
COMMENT ON COLUMN ops.migrations.applied_at IS 'Instant it was applied, UTC';
COMMENT ON COLUMN ops.migrations.version IS 'Version of twinwire that applied it';

-- Search: one question in SQL, so that every client asks it as `twinwire search` does. In a macro an unqualified name that is also
-- that of an argument means the argument.
CREATE OR REPLACE MACRO search_packed() AS  -- scripts whose words are not written apart: PACKED in normalise/words.py
  '\x{E01}-\x{E3A}\x{E40}-\x{E4E}\x{E81}-\x{EBD}\x{EC0}-\x{ECD}\x{1000}-\x{103F}\x{1050}-\x{108F}\x{1100}-\x{11FF}\x{1780}-\x{17D3}'
  '\x{3005}-\x{3007}\x{3041}-\x{3096}\x{3099}\x{309A}\x{309D}-\x{309F}\x{30A1}-\x{30FA}\x{30FC}-\x{30FF}\x{3131}-\x{318E}\x{31F0}-\x{31FF}'
  '\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{AC00}-\x{D7A3}\x{20000}-\x{323AF}';

CREATE OR REPLACE MACRO search_token(word) AS
  (unicode(word)::UBIGINT << 43) | (md5_number_lower(word) >> 21);  -- what begins alike lies together; above all pairs
COMMENT ON MACRO search_token IS 'Number by which search_index knows a word, folded: 21 bits of its first character, 43 of its MD5';

CREATE OR REPLACE MACRO search_letters_of(words) AS
  string_split(translate(nfc_normalize(left(words, 1000)), '“”„«»「」『』＂', '""""""""""'), '');

CREATE OR REPLACE MACRO search_terms(words) AS TABLE
  WITH letters AS (SELECT unnest(search_letters_of(words)) AS letter, generate_subscripts(search_letters_of(words), 1) AS i),
  folded AS (SELECT nfc_normalize(string_agg(coalesce(plain, letter), '' ORDER BY i)) AS text FROM letters LEFT JOIN search_letters USING (letter)),
  -- All signs that mean nothing become dots, once: a pattern of all scripts takes milliseconds to compile, and ASCII needs none.
  signed AS (SELECT regexp_replace(text, CASE WHEN strlen(text) = length(text) THEN '[^A-Za-z0-9\s"*-]+' ELSE '[^\p{L}\p{N}\p{M}\s"*-]+' END,
                                   '.', 'g') AS text FROM folded),
  chunks AS (SELECT regexp_extract_all(text, '-?"[^"]*(?:"\*?|$)|[^\s"]+') AS chunks FROM signed),
  -- A run of a script without blanks is marked by the ligature fi, of which folding leaves none.
  pieces AS (SELECT chunk, term,
                    regexp_extract_all(regexp_replace(chunk, '([' || search_packed() || ']+)', ' ' || chr(64257) || '\1 ', 'g'), '[^\s"*.-]+') AS pieces,
                    list_transform(pieces, lambda p: CASE WHEN starts_with(p, chr(64257)) THEN length(p) - 1 ELSE 0 END) AS packed
             FROM (SELECT unnest(chunks) AS chunk, generate_subscripts(chunks, 1) AS term FROM chunks)),
  placed AS (SELECT term, starts_with(chunk, '-') AS excluded, ends_with(chunk, '*') AND n = len(pieces) AS open, n,
                    CASE WHEN packed[n] = 0 THEN pieces[n] ELSE right(pieces[n], packed[n]) END AS piece,
                    packed[n] AS packed, coalesce(list_sum(list_transform(packed[:n - 1], lambda p: greatest(p, 1))), 0)::INTEGER AS start
             FROM (SELECT *, generate_subscripts(pieces, 1) AS n FROM pieces))
  SELECT term, excluded, open OR packed = 1 AS open, n, piece, CASE WHEN packed = 0 THEN left(piece, 64) END AS word,
         CASE WHEN packed = 0 THEN search_token(left(piece, 64)) WHEN packed = 1 THEN unicode(piece)::UBIGINT << 21
              ELSE (unicode(piece[i])::UBIGINT << 21) | unicode(piece[i + 1])::UBIGINT END AS token, start + i - 1 AS start
  FROM (SELECT *, unnest(CASE WHEN packed < 2 THEN [1] ELSE list_distinct(list_append(range(1, packed, 2), packed - 1)) END)::INTEGER AS i
        FROM placed);
COMMENT ON MACRO TABLE search_terms IS 'How a search reads its words: term by term, excluded or not, open at its end (word*), and what is looked up for it';

CREATE OR REPLACE MACRO search_places(place) AS TABLE
  SELECT p.place_id FROM places p WHERE lower(strip_accents(p.name)) = lower(strip_accents(place))
  UNION SELECT m.place_id FROM item_places m WHERE m.surface IN (place, upper(place)) AND m.place_id IS NOT NULL;
COMMENT ON MACRO TABLE search_places IS 'Places of a name, as the gazetteer or an item writes it';

CREATE OR REPLACE MACRO search_items(words, topic := NULL, language := NULL, since := NULL, place := NULL, newest := false, most := 20)
AS TABLE
  WITH asked AS MATERIALIZED (SELECT *, count(*) OVER (PARTITION BY term) AS tokens FROM search_terms(words)),
  wanted AS MATERIALIZED (
    SELECT term, tokens, open, start, token FROM asked WHERE NOT open
    UNION ALL  -- words that begin as asked
    SELECT DISTINCT a.term, a.tokens, true, a.start, l.token
    FROM search_lexicon l JOIN (SELECT *, word || chr(1114111) AS beyond FROM asked WHERE open AND word IS NOT NULL) a
      ON l.word >= a.word AND l.word <= a.beyond
    UNION ALL  -- a single character: the pairs it begins
    SELECT DISTINCT a.term, a.tokens, true, a.start, i.token
    FROM search_index i JOIN (SELECT *, token | 2097151 AS beyond FROM asked WHERE open AND word IS NULL) a
      ON i.token >= a.token AND i.token <= a.beyond
    UNION ALL  -- no token, lest all rows are read where there is nothing to look for
    SELECT NULL, n, false, 0, 0::UBIGINT FROM range(1, 3) t(n) WHERE n NOT IN (SELECT least(tokens, 2) FROM asked)),
  alone AS (SELECT term, open, unnest(postings) AS posting FROM search_index JOIN (FROM wanted WHERE tokens = 1) USING (token)),
  -- Words in a row: where the rarest of them stands, and the others in their places before and behind it.
  lists AS MATERIALIZED (SELECT term, tokens, start, docs, spots FROM search_index JOIN (FROM wanted WHERE tokens > 1) USING (token)),
  rarest AS (SELECT term, arg_min(start, n) AS start FROM (SELECT term, start, sum(len(docs)) AS n FROM lists GROUP BY ALL) GROUP BY term),
  anchors AS (SELECT term, (unnest(docs)::BIGINT << 32) + unnest(spots) - start + 2147483648 AS spot FROM lists JOIN rarest USING (term, start)),
  together AS (
    SELECT term, (spot >> 32)::UINTEGER AS doc, (spot & 4294967295) - 2147483648 AS start
    FROM (SELECT term, tokens, (unnest(docs)::BIGINT << 32) + unnest(spots) - start + 2147483648 AS spot FROM lists) SEMI JOIN anchors USING (term, spot)
    GROUP BY term, spot HAVING count(*) = any_value(tokens)),
  found AS MATERIALIZED (
    SELECT term, (posting >> 9)::UINTEGER AS doc, (((posting >> 1) & 255) + 2 * (posting & 1))::UINTEGER AS weight FROM alone WHERE NOT open
    UNION ALL
    SELECT term, doc, (sum(n) + 2 * max(in_title))::UINTEGER FROM (
      SELECT term, (posting >> 9)::UINTEGER AS doc, (posting >> 1) & 255 AS n, posting & 1 AS in_title FROM alone WHERE open
      UNION ALL SELECT term, doc, 1, (start < 0)::UBIGINT FROM together) GROUP BY ALL),
  terms AS MATERIALIZED (
    SELECT term, excluded, count(doc) AS docs FROM (SELECT DISTINCT term, excluded FROM asked) LEFT JOIN found USING (term) GROUP BY ALL),
  -- Of a question of one term all that is found matches, so that nothing needs to be counted.
  single AS (SELECT count(*) = 1 AND NOT bool_or(excluded) AS single, count(*) FILTER (NOT excluded) AS n FROM terms),
  matches AS (SELECT doc FROM found JOIN terms USING (term), single WHERE NOT single GROUP BY doc
              HAVING NOT bool_or(excluded) AND count(*) = any_value(n)),
  chosen AS MATERIALIZED (
    SELECT doc, term, weight, d.size FROM (SELECT f.* FROM found f, single WHERE single UNION ALL FROM found SEMI JOIN matches USING (doc))
    JOIN search_docs d USING (doc)
    WHERE (language IS NULL OR d.language = language) AND (since IS NULL OR d.published >= since::TIMESTAMP)
      AND (topic IS NULL AND place IS NULL OR d.item_id IN (
        SELECT i.item_id FROM items i WHERE (topic IS NOT NULL OR place IS NOT NULL) AND (topic IS NULL OR list_contains(i.topics, topic))
          AND (place IS NULL OR i.item_id IN (SELECT m.item_id FROM item_places m SEMI JOIN (FROM search_places(place)) USING (place_id)))))),
  weighed AS (
    -- BM25 with k1 = 1.2 and b = 0.75; a word of the headline counts for two more of the text.
    SELECT doc, ln(1 + (total.docs - terms.docs + 0.5) / (terms.docs + 0.5)) * 2.2 * weight / (weight + 0.3 + 0.9 * c.size / total.size) AS part
    FROM chosen c JOIN terms USING (term)
    CROSS JOIN (SELECT (SELECT count(*) FROM search_docs) AS docs, avg(size) AS size FROM chosen) total),
  scored AS MATERIALIZED (SELECT doc, part AS score FROM weighed, single WHERE single
             UNION ALL SELECT doc, sum(part) FROM weighed, single WHERE NOT single GROUP BY doc),
  best AS MATERIALIZED (
    SELECT d.item_id, d.published, d.first_seen_at, round(s.score, 1) AS score
    FROM scored s JOIN search_docs d USING (doc)
    WHERE newest OR s.score >= (SELECT min(score) FROM (SELECT score FROM scored ORDER BY score DESC LIMIT most)) - 0.1
    ORDER BY CASE WHEN newest THEN 0 ELSE round(s.score, 1) END DESC, d.published DESC, d.item_id LIMIT most)
  SELECT b.item_id, b.score, b.published, len(i.topics) = 0 AS has_left, i.source_id, i.language, i.topics, i.title, i.summary, i.body, i.url
  FROM (FROM items SEMI JOIN best USING (first_seen_at)) i JOIN best b USING (item_id)
  ORDER BY CASE WHEN newest THEN 0 ELSE b.score END DESC, b.published DESC, b.item_id;
COMMENT ON MACRO TABLE search_items IS 'Items that hold all words: FROM search_items(''sister "twin town" partner* -football'', topic := ''friendship_cities'', language := ''en'', since := DATE ''2026-01-01'', place := ''Lyon'', newest := true, most := 50)';
