"""Normalise language codes, or refuse them: `EN`, `en_US`, `eng` and `en-Latn` all mean the rules of `en`.

A table is enough, because every language that has rules here has a code of two letters. The packages langcodes and
pycountry would also rename codes that data sets use (tl, sh). A test compares the table with langcodes.
"""

import re
from functools import cache

#: ISO 639-1 codes with their codes of three letters: ISO 639-3, then the bibliographic one of ISO 639-2.
_ISO_639 = (
    "aa/aar ab/abk ae/ave af/afr ak/aka am/amh an/arg ar/ara as/asm av/ava ay/aym az/aze ba/bak be/bel bg/bul bi/bis "
    "bm/bam bn/ben bo/bod/tib br/bre bs/bos ca/cat ce/che ch/cha co/cos cr/cre cs/ces/cze cu/chu cv/chv cy/cym/wel "
    "da/dan de/deu/ger dv/div dz/dzo ee/ewe el/ell/gre en/eng eo/epo es/spa et/est eu/eus/baq fa/fas/per ff/ful "
    "fi/fin fj/fij fo/fao fr/fra/fre fy/fry ga/gle gd/gla gl/glg gn/grn gu/guj gv/glv ha/hau he/heb hi/hin ho/hmo "
    "hr/hrv ht/hat hu/hun hy/hye/arm hz/her ia/ina id/ind ie/ile ig/ibo ii/iii ik/ipk io/ido is/isl/ice it/ita iu/iku "
    "ja/jpn jv/jav ka/kat/geo kg/kon ki/kik kj/kua kk/kaz kl/kal km/khm kn/kan ko/kor kr/kau ks/kas ku/kur kv/kom "
    "kw/cor ky/kir la/lat lb/ltz lg/lug li/lim ln/lin lo/lao lt/lit lu/lub lv/lav mg/mlg mh/mah mi/mri/mao mk/mkd/mac "
    "ml/mal mn/mon mr/mar ms/msa/may mt/mlt my/mya/bur na/nau nb/nob nd/nde ne/nep ng/ndo nl/nld/dut nn/nno no/nor "
    "nr/nbl nv/nav ny/nya oc/oci oj/oji om/orm or/ori os/oss pa/pan pi/pli pl/pol ps/pus pt/por qu/que rm/roh rn/run "
    "ro/ron/rum ru/rus rw/kin sa/san sc/srd sd/snd se/sme sg/sag sh/hbs si/sin sk/slk/slo sl/slv sm/smo sn/sna so/som "
    "sq/sqi/alb sr/srp ss/ssw st/sot su/sun sv/swe sw/swa ta/tam te/tel tg/tgk th/tha ti/tir tk/tuk tl/tgl tn/tsn "
    "to/ton tr/tur ts/tso tt/tat tw/twi ty/tah ug/uig uk/ukr ur/urd uz/uzb ve/ven vi/vie vo/vol wa/wln wo/wol xh/xho "
    "yi/yid yo/yor za/zha zh/zho/chi zu/zul"
)
#: Codes of ISO 639-3 for the most common language of a wider one, as Unicode's CLDR has them, and withdrawn codes.
_OTHER_NAMES = (
    "als/sq arb/ar ayr/ay azj/az cmn/zh ekk/et gaz/om gug/gn khk/mn kmr/ku knc/kr lvs/lv npi/ne ory/or pes/fa "
    "plt/mg quz/qu swh/sw uzn/uz ydd/yi zsm/ms in/id iw/he ji/yi jw/jv mo/ro"
)
_SHORTEST = {long: names[0] for entry in _ISO_639.split() for names in [entry.split("/")] for long in names}
_SHORTEST |= dict(pair.split("/") for pair in _OTHER_NAMES.split())
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?P<rest>(?:[-_][a-z0-9]{2,8})*)(?:[.@].*)?", re.IGNORECASE)
#: Text whose language is not known; no rules are meant.
UNKNOWN = "und"


class LanguageError(ValueError):
    """An invalid language code. The message says what was found and what is allowed."""


@cache
def normalized(code: str) -> str:
    """Return a code in the form of BCP 47, with the shortest code of its language: `zh-Hans`, `pt-BR`, `qaa`.

    Accepts any case, underscores, codes of three letters and locales (`en_US.UTF-8`). Codes of two letters must be in
    ISO 639-1. Codes of three letters without a shorter form stay. Raises LanguageError for other codes.
    """
    found = _TAG.fullmatch(code.strip())
    language = found["language"].lower() if found else ""
    language = _SHORTEST.get(language, language)
    if found is None or (len(language) < 3 and language not in _SHORTEST):
        raise LanguageError(
            f"found language {code!r}; allowed: a code of ISO 639 with a script or region if need be (en, zh-Hant, "
            f"pt-BR), an invented language (qaa to qaz), or {UNKNOWN} where it is not known"
        )
    return "-".join([language, *map(_subtag, re.split("[-_]", found["rest"])[1:])])


def rules_of(code: str) -> str:
    """Return the language whose rules a text follows: the first part of its code; "" for "". Raises LanguageError."""
    return normalized(code).partition("-")[0] if code else ""


def code_problem(code: str) -> str | None:
    """Return the problem of a code that must be in the form that `normalized` returns; None if it is."""
    try:
        written = normalized(code)
    except LanguageError as error:
        return str(error)
    return None if written == code else f"found language {code!r}; write {written!r}"


def _subtag(text: str) -> str:
    """Return a script (Hans), region (US, 419) or variant in the form of BCP 47."""
    if len(text) == 4 and text.isalpha():
        return text.title()
    return text.upper() if len(text) == 2 else text.lower()
