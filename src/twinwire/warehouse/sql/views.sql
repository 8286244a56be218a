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
