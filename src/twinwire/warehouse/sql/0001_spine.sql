-- The spine: what was seen, what was kept, every version of it, why, and the ledger of every fetch.
-- All instants are UTC (TIMESTAMP without zone, so that a query gives the same answer on every machine).
-- No keys and no indexes on purpose: identity is enforced by the loader and checked by `twinwire doctor`;
-- an index-backed upsert costs ten times the batch it upserts (measured at 1 M rows).

CREATE SCHEMA IF NOT EXISTS ops;

CREATE TABLE items (
  item_id           UUID        NOT NULL,
  source_id         VARCHAR     NOT NULL,
  guid              VARCHAR,
  url               VARCHAR,
  canonical_url     VARCHAR,
  url_key           VARCHAR,
  title             VARCHAR     NOT NULL,
  summary           VARCHAR     NOT NULL,
  body              VARCHAR     NOT NULL,
  language          VARCHAR,
  language_rule     VARCHAR     NOT NULL,
  published_at      TIMESTAMP,
  published_raw     VARCHAR,
  published_rule    VARCHAR     NOT NULL,
  updated_at        TIMESTAMP,
  updated_raw       VARCHAR,
  first_seen_at     TIMESTAMP   NOT NULL,
  last_seen_at      TIMESTAMP   NOT NULL,
  wire              VARCHAR,
  issuer            VARCHAR,
  author            VARCHAR,
  republished_from  VARCHAR,
  categories        STRUCT(term VARCHAR, scheme VARCHAR, label VARCHAR)[] NOT NULL,
  dateline_raw      VARCHAR,
  dateline_date     DATE,
  dateline_place_id BIGINT,
  topics            VARCHAR[]   NOT NULL,
  score             DOUBLE      NOT NULL,
  rule_version      VARCHAR     NOT NULL,
  story_id          UUID        NOT NULL,
  revision          INTEGER     NOT NULL,
  content_hash      UUID        NOT NULL,
  run_id            UUID        NOT NULL,
  batch_id          UUID        NOT NULL
);
COMMENT ON TABLE items IS 'Kept story entries at their current revision, one row per entry of a source';
COMMENT ON COLUMN items.item_id IS 'Identity within the source: versioned hash of (source, guid), else of the link, else of the content';
COMMENT ON COLUMN items.source_id IS 'Source as named in sources.yaml';
COMMENT ON COLUMN items.guid IS 'Id as the feed gives it; never trusted across feeds; NULL where the feed gives none';
COMMENT ON COLUMN items.url IS 'Address as the feed gives it; NULL where it gives none that is http(s)';
COMMENT ON COLUMN items.canonical_url IS 'Address in WHATWG form without tracking parameters';
COMMENT ON COLUMN items.url_key IS 'Address folded for comparison (scheme, www, trailing slash); not for opening';
COMMENT ON COLUMN items.title IS 'Headline, plain text';
COMMENT ON COLUMN items.summary IS 'Summary or lead, plain text; empty where there is none; cut where the terms allow an excerpt only';
COMMENT ON COLUMN items.body IS 'Text, plain; empty where the feed has none or its terms allow an excerpt only';
COMMENT ON COLUMN items.language IS 'Primary language subtag (en, zh …); NULL where it could not be told';
COMMENT ON COLUMN items.language_rule IS 'How the language was told: declared, script, detected …';
COMMENT ON COLUMN items.published_at IS 'Instant of publication, UTC; NULL where the raw string does not tell it beyond doubt';
COMMENT ON COLUMN items.published_raw IS 'Date of publication exactly as the feed gives it';
COMMENT ON COLUMN items.published_rule IS 'How published_at was read from the raw string, or why it is NULL';
COMMENT ON COLUMN items.updated_at IS 'Instant of the last change the feed claims, UTC; NULL as for published_at';
COMMENT ON COLUMN items.updated_raw IS 'Date of change exactly as the feed gives it';
COMMENT ON COLUMN items.first_seen_at IS 'Instant of the fetch that first held the entry, UTC; our clock';
COMMENT ON COLUMN items.last_seen_at IS 'Instant of the last fetch that held the entry, UTC; unchanged payloads are not opened and do not move it';
COMMENT ON COLUMN items.wire IS 'Agency whose copy it is; NULL where nothing says so';
COMMENT ON COLUMN items.issuer IS 'Body that issued the release; NULL where nothing says so';
COMMENT ON COLUMN items.author IS 'Byline; several are joined by "; "';
COMMENT ON COLUMN items.republished_from IS 'Site the entry was taken from, as the feed names it';
COMMENT ON COLUMN items.categories IS 'Categories of the feed with their scheme and label';
COMMENT ON COLUMN items.dateline_raw IS 'Dateline as printed; NULL until datelines are read';
COMMENT ON COLUMN items.dateline_date IS 'Date of the dateline; NULL until datelines are read';
COMMENT ON COLUMN items.dateline_place_id IS 'GeoNames id of the dateline; NULL until datelines are read';
COMMENT ON COLUMN items.topics IS 'Topics it is kept for at its current revision; empty when a revision left the topic';
COMMENT ON COLUMN items.score IS 'Best score over the topics, 0 to 1';
COMMENT ON COLUMN items.rule_version IS 'Version of the topics it was judged by';
COMMENT ON COLUMN items.story_id IS 'Family of the same text; equal for the same release on two wires';
COMMENT ON COLUMN items.revision IS 'Number of the current revision, from 1';
COMMENT ON COLUMN items.content_hash IS 'Versioned hash over title, summary, body and address; dates and markup do not count';
COMMENT ON COLUMN items.run_id IS 'Run that wrote this revision';
COMMENT ON COLUMN items.batch_id IS 'Batch that wrote this revision';

CREATE TABLE item_revisions (
  item_id      UUID      NOT NULL,
  revision     INTEGER   NOT NULL,
  valid_from   TIMESTAMP NOT NULL,
  valid_to     TIMESTAMP,
  title        VARCHAR   NOT NULL,
  summary      VARCHAR   NOT NULL,
  body         VARCHAR   NOT NULL,
  content_hash UUID      NOT NULL,
  run_id       UUID      NOT NULL,
  batch_id     UUID      NOT NULL
);
COMMENT ON TABLE item_revisions IS 'Every version of a kept item; what was known on a day is valid_from <= day < coalesce(valid_to, infinity)';
COMMENT ON COLUMN item_revisions.item_id IS 'Item';
COMMENT ON COLUMN item_revisions.revision IS 'Number of the version, from 1';
COMMENT ON COLUMN item_revisions.valid_from IS 'Instant of the fetch that first held this version, UTC';
COMMENT ON COLUMN item_revisions.valid_to IS 'Instant of the fetch that first held the next version, UTC; NULL for the current one';
COMMENT ON COLUMN item_revisions.title IS 'Headline of this version';
COMMENT ON COLUMN item_revisions.summary IS 'Summary of this version';
COMMENT ON COLUMN item_revisions.body IS 'Body of this version';
COMMENT ON COLUMN item_revisions.content_hash IS 'Content hash of this version';
COMMENT ON COLUMN item_revisions.run_id IS 'Run that wrote it';
COMMENT ON COLUMN item_revisions.batch_id IS 'Batch that wrote it';

CREATE TABLE item_topics (
  item_id      UUID    NOT NULL,
  topic        VARCHAR NOT NULL,
  score        DOUBLE  NOT NULL,
  decision     VARCHAR NOT NULL,
  reason       VARCHAR NOT NULL,
  rule_version VARCHAR NOT NULL,
  run_id       UUID    NOT NULL
);
COMMENT ON TABLE item_topics IS 'Verdict on each topic for each item, at its current revision';
COMMENT ON COLUMN item_topics.item_id IS 'Item';
COMMENT ON COLUMN item_topics.topic IS 'Topic as named in topics.yaml';
COMMENT ON COLUMN item_topics.score IS 'Score, 0 to 1';
COMMENT ON COLUMN item_topics.decision IS 'kept, undecided or rejected';
COMMENT ON COLUMN item_topics.reason IS 'The verdict in words';
COMMENT ON COLUMN item_topics.rule_version IS 'Version of the topics it was judged by';
COMMENT ON COLUMN item_topics.run_id IS 'Run that judged it';

CREATE TABLE evidence (
  item_id UUID    NOT NULL,
  topic   VARCHAR NOT NULL,
  term    VARCHAR NOT NULL,
  field   VARCHAR NOT NULL,
  start   INTEGER NOT NULL,
  stop    INTEGER NOT NULL,
  weight  DOUBLE  NOT NULL,
  rule    VARCHAR NOT NULL,
  quote   VARCHAR NOT NULL
);
COMMENT ON TABLE evidence IS 'Terms that matched, with the place in the text';
COMMENT ON COLUMN evidence.item_id IS 'Item';
COMMENT ON COLUMN evidence.topic IS 'Topic the term belongs to';
COMMENT ON COLUMN evidence.term IS 'Term as it stands in topics.yaml';
COMMENT ON COLUMN evidence.field IS 'Field it was found in: title, summary or body';
COMMENT ON COLUMN evidence.start IS 'First character, counted from 0 in code points of the text that was screened';
COMMENT ON COLUMN evidence.stop IS 'One past the last character';
COMMENT ON COLUMN evidence.weight IS 'What it added to the score; negative for a blocker';
COMMENT ON COLUMN evidence.rule IS 'Rule that counted it';
COMMENT ON COLUMN evidence.quote IS 'The matched text itself, which stays when the terms of a source allow no body to be kept';

CREATE TABLE seen (
  entry_id      UUID      NOT NULL,
  source_id     VARCHAR   NOT NULL,
  title         VARCHAR   NOT NULL,
  url           VARCHAR,
  published_at  TIMESTAMP,
  published_raw VARCHAR,
  decision      VARCHAR   NOT NULL,
  reason        VARCHAR   NOT NULL,
  score         DOUBLE    NOT NULL,
  topics        VARCHAR[] NOT NULL,
  rule_version  VARCHAR   NOT NULL,
  alt_key       UUID,
  content_hash  UUID      NOT NULL,
  first_seen_at TIMESTAMP NOT NULL,
  judged_at     TIMESTAMP NOT NULL,
  run_id        UUID      NOT NULL,
  batch_id      UUID      NOT NULL
);
COMMENT ON TABLE seen IS 'Every entry ever seen, kept or not, at headline level, with the verdict and its reason';
COMMENT ON COLUMN seen.entry_id IS 'Identity within the source; equals items.item_id for kept entries';
COMMENT ON COLUMN seen.source_id IS 'Source as named in sources.yaml';
COMMENT ON COLUMN seen.title IS 'Headline, plain text';
COMMENT ON COLUMN seen.url IS 'Address; NULL where the feed gives none that is http(s)';
COMMENT ON COLUMN seen.published_at IS 'Instant of publication, UTC; NULL where it is not known beyond doubt';
COMMENT ON COLUMN seen.published_raw IS 'Date exactly as the feed gives it';
COMMENT ON COLUMN seen.decision IS 'kept, undecided or rejected';
COMMENT ON COLUMN seen.reason IS 'The verdict in words';
COMMENT ON COLUMN seen.score IS 'Best score over the topics, 0 to 1';
COMMENT ON COLUMN seen.topics IS 'Topics it is kept for';
COMMENT ON COLUMN seen.rule_version IS 'Version of the topics it was judged by';
COMMENT ON COLUMN seen.alt_key IS 'Second key (source, address, headline); recognises an entry whose guid changed';
COMMENT ON COLUMN seen.content_hash IS 'Content hash of the version judged last';
COMMENT ON COLUMN seen.first_seen_at IS 'Instant of the fetch that first held it, UTC';
COMMENT ON COLUMN seen.judged_at IS 'Instant of the fetch whose version was judged last, UTC';
COMMENT ON COLUMN seen.run_id IS 'Run that judged it last';
COMMENT ON COLUMN seen.batch_id IS 'Batch that judged it last';

CREATE TABLE ops.runs (
  run_id       UUID      NOT NULL,
  started_at   TIMESTAMP NOT NULL,
  ended_at     TIMESTAMP,
  status       VARCHAR   NOT NULL,
  trigger      VARCHAR   NOT NULL,
  pid          INTEGER   NOT NULL,
  host         VARCHAR   NOT NULL,
  version      VARCHAR   NOT NULL,
  rule_version VARCHAR   NOT NULL,
  config_version VARCHAR NOT NULL,
  sources      INTEGER   NOT NULL,
  note         VARCHAR
);
COMMENT ON TABLE ops.runs IS 'One row per ingest';
COMMENT ON COLUMN ops.runs.run_id IS 'Run';
COMMENT ON COLUMN ops.runs.started_at IS 'Start, UTC';
COMMENT ON COLUMN ops.runs.ended_at IS 'End, UTC; NULL while it runs';
COMMENT ON COLUMN ops.runs.status IS 'running, done, cancelled, failed, or lost (its process died; found at the next start)';
COMMENT ON COLUMN ops.runs.trigger IS 'Who asked for it: cli, flow, or a schedule group';
COMMENT ON COLUMN ops.runs.pid IS 'Process';
COMMENT ON COLUMN ops.runs.host IS 'Machine';
COMMENT ON COLUMN ops.runs.version IS 'Version of twinwire';
COMMENT ON COLUMN ops.runs.rule_version IS 'Version of the topics';
COMMENT ON COLUMN ops.runs.config_version IS 'Version of sources and settings';
COMMENT ON COLUMN ops.runs.sources IS 'Sources it was asked to read';
COMMENT ON COLUMN ops.runs.note IS 'Anything a reader should know; NULL when all went well';

CREATE TABLE ops.fetches (
  run_id       UUID      NOT NULL,
  batch_id     UUID      NOT NULL,
  source_id    VARCHAR   NOT NULL,
  fetched_at   TIMESTAMP NOT NULL,
  status       VARCHAR   NOT NULL,
  stage        VARCHAR,
  class        VARCHAR,
  message      VARCHAR,
  http_status  INTEGER,
  final_url    VARCHAR,
  bytes        BIGINT    NOT NULL,
  wire_bytes   BIGINT    NOT NULL,
  digest       VARCHAR,
  archive_file VARCHAR,
  archive_offset BIGINT,
  parser       VARCHAR,
  encoding     VARCHAR,
  damage       VARCHAR,
  entries      INTEGER   NOT NULL,
  new          INTEGER   NOT NULL,
  kept_new     INTEGER   NOT NULL,
  rejected     INTEGER   NOT NULL,
  revised      INTEGER   NOT NULL,
  unchanged    INTEGER   NOT NULL,
  duplicate    INTEGER   NOT NULL,
  quarantined  INTEGER   NOT NULL,
  overlap      INTEGER   NOT NULL,
  duration     DOUBLE    NOT NULL,
  CONSTRAINT every_entry_has_one_outcome
    CHECK (entries = kept_new + rejected + revised + unchanged + duplicate + quarantined)
);
COMMENT ON TABLE ops.fetches IS 'Ledger: one row per source and run (per file for drop folders); every entry has exactly one outcome';
COMMENT ON COLUMN ops.fetches.run_id IS 'Run';
COMMENT ON COLUMN ops.fetches.batch_id IS 'Batch the entries were loaded with';
COMMENT ON COLUMN ops.fetches.source_id IS 'Source';
COMMENT ON COLUMN ops.fetches.fetched_at IS 'Instant of the answer, UTC';
COMMENT ON COLUMN ops.fetches.status IS 'read, unchanged, failed or waiting (asked to wait, or backing off)';
COMMENT ON COLUMN ops.fetches.stage IS 'Stage that failed; NULL otherwise';
COMMENT ON COLUMN ops.fetches.class IS 'Class of the failure; NULL otherwise';
COMMENT ON COLUMN ops.fetches.message IS 'What happened and what to do, one line';
COMMENT ON COLUMN ops.fetches.http_status IS 'Status of the final answer; NULL without one';
COMMENT ON COLUMN ops.fetches.final_url IS 'Address after redirects, without credentials';
COMMENT ON COLUMN ops.fetches.bytes IS 'Bytes of the body, decoded';
COMMENT ON COLUMN ops.fetches.wire_bytes IS 'Bytes of the body on the wire';
COMMENT ON COLUMN ops.fetches.digest IS 'SHA-256 of the body';
COMMENT ON COLUMN ops.fetches.archive_file IS 'WARC file that holds the raw bytes, relative to the archive folder';
COMMENT ON COLUMN ops.fetches.archive_offset IS 'Offset of the record in that file';
COMMENT ON COLUMN ops.fetches.parser IS 'Reader that parsed it: fast, feedparser, jsonfeed';
COMMENT ON COLUMN ops.fetches.encoding IS 'Character encoding it was read with';
COMMENT ON COLUMN ops.fetches.damage IS 'Why the payload is known to be incomplete; NULL when it is whole';
COMMENT ON COLUMN ops.fetches.entries IS 'Entries in the payload = kept_new + rejected + revised + unchanged + duplicate + quarantined';
COMMENT ON COLUMN ops.fetches.new IS 'Entries never seen before, kept or not';
COMMENT ON COLUMN ops.fetches.kept_new IS 'Entries kept for the first time';
COMMENT ON COLUMN ops.fetches.rejected IS 'Entries judged in this fetch and not kept (undecided ones are among them)';
COMMENT ON COLUMN ops.fetches.revised IS 'Kept entries whose content changed';
COMMENT ON COLUMN ops.fetches.unchanged IS 'Known entries with the content already known';
COMMENT ON COLUMN ops.fetches.duplicate IS 'Entries that repeat another entry of the same payload';
COMMENT ON COLUMN ops.fetches.quarantined IS 'Entries that could not be read; see ops.quarantine';
COMMENT ON COLUMN ops.fetches.overlap IS 'Entries of the payload that were known before: 0 after an earlier success is a possible gap';
COMMENT ON COLUMN ops.fetches.duration IS 'Seconds from request to parsed entries';

CREATE TABLE ops.sources (
  source_id     VARCHAR   NOT NULL,
  name          VARCHAR   NOT NULL,
  url           VARCHAR   NOT NULL,
  wire          VARCHAR,
  language      VARCHAR,
  country       VARCHAR,
  schedule      VARCHAR   NOT NULL,
  store         VARCHAR   NOT NULL,
  terms         VARCHAR   NOT NULL,
  quiet_after   DOUBLE    NOT NULL,
  etag          VARCHAR,
  last_modified VARCHAR,
  digest        VARCHAR,
  checked_at    TIMESTAMP,
  changed_at    TIMESTAMP,
  full_at       TIMESTAMP,
  next_try_at   TIMESTAMP,
  failures      INTEGER   NOT NULL,
  last_new_at   TIMESTAMP,
  moved_to      VARCHAR,
  batch_id      UUID      NOT NULL
);
COMMENT ON TABLE ops.sources IS 'One row per source ever asked, with what is remembered of it between fetches';
COMMENT ON COLUMN ops.sources.source_id IS 'Source as named in sources.yaml';
COMMENT ON COLUMN ops.sources.name IS 'Name for people';
COMMENT ON COLUMN ops.sources.url IS 'Address the remembered state belongs to';
COMMENT ON COLUMN ops.sources.wire IS 'Agency';
COMMENT ON COLUMN ops.sources.language IS 'Language the catalogue gives';
COMMENT ON COLUMN ops.sources.country IS 'Country of the publisher, ISO 3166-1';
COMMENT ON COLUMN ops.sources.schedule IS 'fast, hourly, daily or a cron line';
COMMENT ON COLUMN ops.sources.store IS 'excerpt or full: what its terms allow to be kept';
COMMENT ON COLUMN ops.sources.terms IS 'What is known of its terms of use';
COMMENT ON COLUMN ops.sources.quiet_after IS 'Seconds without a new entry after which it counts as quiet';
COMMENT ON COLUMN ops.sources.etag IS 'Validator of the last payload loaded whole';
COMMENT ON COLUMN ops.sources.last_modified IS 'Validator of the last payload loaded whole';
COMMENT ON COLUMN ops.sources.digest IS 'SHA-256 of the last payload loaded whole';
COMMENT ON COLUMN ops.sources.checked_at IS 'Last answer of any kind, UTC';
COMMENT ON COLUMN ops.sources.changed_at IS 'Last payload that differed from the one before, UTC';
COMMENT ON COLUMN ops.sources.full_at IS 'Last answer with a body, UTC';
COMMENT ON COLUMN ops.sources.next_try_at IS 'Not asked before this instant, UTC; NULL when it may be asked at any time';
COMMENT ON COLUMN ops.sources.failures IS 'Failures in a row';
COMMENT ON COLUMN ops.sources.last_new_at IS 'Last fetch with an entry never seen before, UTC';
COMMENT ON COLUMN ops.sources.moved_to IS 'Address it redirects to for good; put it into sources.yaml';
COMMENT ON COLUMN ops.sources.batch_id IS 'Batch that wrote this state';

CREATE TABLE ops.batches (
  batch_id   UUID      NOT NULL,
  run_id     UUID      NOT NULL,
  created_at TIMESTAMP NOT NULL,
  loaded_at  TIMESTAMP NOT NULL,
  items_new  INTEGER   NOT NULL,
  items_revised INTEGER NOT NULL,
  seen_new   INTEGER   NOT NULL,
  fetches    INTEGER   NOT NULL
);
COMMENT ON TABLE ops.batches IS 'One row per batch loaded: one transaction each';
COMMENT ON COLUMN ops.batches.batch_id IS 'Batch';
COMMENT ON COLUMN ops.batches.run_id IS 'Run that made it';
COMMENT ON COLUMN ops.batches.created_at IS 'Instant it was written to the spool, UTC';
COMMENT ON COLUMN ops.batches.loaded_at IS 'Instant it was loaded, UTC';
COMMENT ON COLUMN ops.batches.items_new IS 'Rows it added to items';
COMMENT ON COLUMN ops.batches.items_revised IS 'Rows it replaced in items';
COMMENT ON COLUMN ops.batches.seen_new IS 'Rows it added to seen';
COMMENT ON COLUMN ops.batches.fetches IS 'Rows it added to ops.fetches';

CREATE TABLE ops.quarantine (
  run_id     UUID      NOT NULL,
  batch_id   UUID      NOT NULL,
  source_id  VARCHAR   NOT NULL,
  fetched_at TIMESTAMP NOT NULL,
  position   INTEGER   NOT NULL,
  reason     VARCHAR   NOT NULL,
  raw        VARCHAR   NOT NULL
);
COMMENT ON TABLE ops.quarantine IS 'Entries that could not be read, with the reason; the whole payload is in the archive';
COMMENT ON COLUMN ops.quarantine.run_id IS 'Run';
COMMENT ON COLUMN ops.quarantine.batch_id IS 'Batch';
COMMENT ON COLUMN ops.quarantine.source_id IS 'Source';
COMMENT ON COLUMN ops.quarantine.fetched_at IS 'Instant of the answer, UTC';
COMMENT ON COLUMN ops.quarantine.position IS 'Place of the entry in the payload, from 0';
COMMENT ON COLUMN ops.quarantine.reason IS 'Why it could not be read';
COMMENT ON COLUMN ops.quarantine.raw IS 'Start of its raw text';

CREATE TABLE ops.gaps (
  run_id    UUID      NOT NULL,
  batch_id  UUID      NOT NULL,
  source_id VARCHAR   NOT NULL,
  from_at   TIMESTAMP NOT NULL,
  to_at     TIMESTAMP NOT NULL,
  reason    VARCHAR   NOT NULL
);
COMMENT ON TABLE ops.gaps IS 'Stretches of time in which a source may have shown entries that nobody read';
COMMENT ON COLUMN ops.gaps.run_id IS 'Run that noticed it';
COMMENT ON COLUMN ops.gaps.batch_id IS 'Batch';
COMMENT ON COLUMN ops.gaps.source_id IS 'Source';
COMMENT ON COLUMN ops.gaps.from_at IS 'Last fetch before the gap, UTC';
COMMENT ON COLUMN ops.gaps.to_at IS 'First fetch after it, UTC';
COMMENT ON COLUMN ops.gaps.reason IS 'Why a gap is suspected';
