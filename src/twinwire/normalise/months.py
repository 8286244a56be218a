"""Month names of the wires' languages, and the number of each. Knows no date formats."""

from __future__ import annotations

import unicodedata
from functools import cache

# Names and usual abbreviations without accents, a month per row; en de fr es it pt nl ru uk pl cs sv da nb fi tr id ro.
_NAMES = """
january jan januar janner jaenner jenner janvier janv enero ene gennaio gen genn janeiro januari январь января янв
  січня січ styczen stycznia sty leden ledna tammikuu tammikuuta ocak oca ianuarie ian
february feb februar fevrier fevr fev febrero febbraio febb fevereiro februari февраль февраля фев февр лютого лют
  luty lutego lut unor unora helmikuu helmikuuta subat sub februarie
march mar marz maerz mars marzo marco maart mrt март марта мар березня бер marzec marca brezen brezna maaliskuu
  maaliskuuta mart maret martie
april apr avril avr abril abr aprile april апрель апреля апр квітня квіт kwiecien kwietnia kwi duben dubna
  huhtikuu huhtikuuta nisan nis aprilie
may mai mayo maggio mag maio mei май мая травня трав maj maja kveten kvetna toukokuu toukokuuta mayis
june jun juni juin junio giugno giu junho июнь июня июн червня черв czerwiec czerwca cze cerven cervna kesakuu
  kesakuuta haziran haz iunie
july jul juli juillet juil julio luglio lug julho июль июля июл липня лип lipiec lipca lip cervenec cervence
  heinakuu heinakuuta temmuz tem iulie
august aug aout agosto ago augustus augusti август августа авг серпня серп sierpien sierpnia sie srpen srpna
  elokuu elokuuta agustos agu agustus agt
september sep sept septembre septiembre setiembre settembre sett set setembro сентябрь сентября сен сент вересня
  вер wrzesien wrzesnia wrz zari syyskuu syyskuuta eylul eyl septembrie
october oct oktober okt octobre octubre ottobre ott outubro out октябрь октября окт жовтня жовт pazdziernik
  pazdziernika paz rijen rijna lokakuu lokakuuta ekim eki octombrie
november nov novembre noviembre novembro ноябрь ноября ноя нояб листопада лист listopad listopada lis marraskuu
  marraskuuta kasim kas noiembrie
december dec dezember dez decembre diciembre dic dicembre dezembro desember des декабрь декабря дек грудня груд
  grudzien grudnia gru prosinec prosince joulukuu joulukuuta aralik ara decembrie
"""


# Croatian means other months by these; they count only where the language is known to be one of those here.
_ONLY_IN = {"listopad": ("pl", "cs"), "listopada": ("pl", "cs"), "lis": ("pl", "cs"), "lip": ("pl",)}


def month(name: str, language: str | None = None) -> int | None:
    """1 … 12 for a month's name or abbreviation in any of the languages, without regard to case and accents.

    ``language`` (BCP 47) is needed only for the few names that mean different months in different languages.
    """
    key = name.lower() if name.isascii() else _bare(name)
    if key in _ONLY_IN and (language or "").partition("-")[0] not in _ONLY_IN[key]:
        return None
    return _numbers().get(key)


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


@cache
def _numbers() -> dict[str, int]:
    rows = _NAMES.strip().replace("\n  ", " ").split("\n")
    return {_bare(name): n for n, row in enumerate(rows, 1) for name in row.split()}
