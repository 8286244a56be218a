-- The search for copies reads the last weeks and nothing else, however much is stored: what it needs of a candidate stands beside
-- its signature, under the day it was loaded. Without that day every search reads all signatures (20 s beside 10 million items).

ALTER TABLE story_texts ADD COLUMN loaded_on DATE;
ALTER TABLE story_texts ADD COLUMN published_at TIMESTAMP;
UPDATE story_texts SET loaded_on = b.loaded_at::DATE FROM ops.batches b WHERE b.batch_id = story_texts.batch_id;
UPDATE story_texts SET loaded_on = day WHERE loaded_on IS NULL;
UPDATE story_texts SET published_at = i.published_at FROM items i WHERE i.item_id = story_texts.item_id;
COMMENT ON COLUMN story_texts.loaded_on IS 'Day the item was loaded, UTC: rows lie in this order';
COMMENT ON COLUMN story_texts.published_at IS 'Instant of publication of this version, UTC; NULL where it is not known beyond doubt';
