"""City links: from the text of an item to statements of who is twinned with whom. Knows no clock, no network, no database.

One sentence is read at a time: words that name a tie (``lexicon``), places and what stands around them (``names``, ``units``), lists of
places and their part in the sentence (``sides``), the reading of which two of them are linked (``readings``), and what is said of the tie
(``status``). ``cutting`` keeps what was cut, ``extract`` puts it together.
"""

from twinwire.relate.links.extract import extract

__all__ = ["extract"]
