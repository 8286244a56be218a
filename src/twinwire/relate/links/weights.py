"""What each feature of a reading adds to the log of the odds that it is right. Numbers only."""

WEIGHTS = {
    "bias": -2.45,
    # The part each of the two sides plays in the sentence.
    "part:between": 2.0, "part:with": 1.8, "part:of": 1.9, "part:appos": 1.8, "part:to tie": 1.8, "part:incl": 1.4, "part:by": 1.0,
    "part:topic": 1.3, "part:subj": 1.3, "part:from": 0.9, "part:office": 1.0, "part:obj": 0.9, "part:in": 0.1, "part:to": 0.3,
    "part:after": 0.4, "part:of other": 0.5, "part:body": -2.0, "part:kind": 0.5,
    # Places the sentence does not name: the dateline's, those of the sentence before, the headline's.
    "part:dateline": 0.8, "part:before": 0.7, "part:title": 0.6, "asked": 0.8, "no owner": -1.2,
    # Both sides in the same part.
    "same:with": -0.9, "same:from": -1.0, "same:in": -1.0, "same:appos": -0.2, "same:to": -0.8, "same:to tie": -0.8, "same:of": -0.6,
    "same:incl": -0.8,
    # Both sides in one list.
    "alone:between": 0.6, "alone:subj": 0.1, "alone:topic": 0.1, "alone:with": -2.5, "alone:to tie": -2.5, "alone:from": -1.2,
    "alone:in": -2.0, "alone:by": -1.0, "alone:to": -1.5, "alone:incl": -1.3, "alone:office": 0.3, "alone:after": -0.3,
    "alone:of other": 0.0, "alone:appos": -0.3, "alone:before": 0.8, "alone:dateline": -1.5, "alone:title": 0.3, "alone:obj": -0.5,
    "plural": 0.3, "single": -2.0, "dash": 1.2, "alone of bond": 0.8, "appos, others": -1.0, "two meant": 0.7, "with elsewhere": -1.5,
    "dated": -2.5,
    "many": -1.2, "mutual": 2.0, "of others": -3.0, "parted": 0.3, "pairwise": 1.5,
    # Distance.
    "far": -0.15, "far, bound": -0.06, "others between": -0.35, "ties between": -1.0, "apart": -2.0, "clauses": -0.15,
    # Doubts about the names.
    "unsure": -1.0, "unsure, loose": -2.0, "unknown, loose": -0.6, "sure": 0.3, "weak, unknown": -1.0, "carried, unknown": -1.5,
    "carried, loose": -1.5, "both loose": -0.7, "closed": -2.0, "headed": -4.0,
    # The two places.
    "abroad": 0.4, "namesakes": 0.8, "levels": -0.6, "levels by name": -0.3, "holds": -4.0, "neighbours": -3.0, "only two": 0.4,
    # The words of the tie, and what else the sentence says.
    "tie:city": 0.6, "tie:tie": 0.2, "tie:weak": -0.7, "told": 0.3, "of the matter": 0.5, "doubt": -2.5, "unnamed": -1.5, "hub": 0.8,
}
