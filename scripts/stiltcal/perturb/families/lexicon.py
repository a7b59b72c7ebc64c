"""Word lists for rewordings: closed classes, irregular forms, and verbs that need an exception."""

#: Adpositions of adjuncts rather than arguments, by language. In other languages every oblique counts as an adjunct.
ADJUNCT_CASES = {
    "en": frozenset(
        "after before during since until till despite throughout within amid under upon over across along in at "
        "because besides beyond near inside outside".split()
    ),
    "es": frozenset("durante desde hasta tras según mediante en bajo entre ante".split()),
    "de": frozenset("während nach vor seit bis trotz wegen in an auf bei unter laut gemäß innerhalb außerhalb".split()),
}
#: Focus adverbs, which relate a clause to one of its phrases.
FOCUS = frozenset("only just even solo sólo nur".split())
#: Words for times that are adjuncts without an adposition.
TIMES = frozenset("today yesterday tomorrow tonight hoy ayer mañana heute gestern morgen".split())
#: Nouns with which English `on` introduces an adjunct.
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday day night morning afternoon evening weekend occasion "
    "january february march april may june july august september october november december".split()
)
#: Conjunctions of adverbial clauses that the sentence entails (not `if`, nor `wenn`, which may mean `if`).
CLAUSE_MARKS = {
    "en": frozenset("when while because after before since although though once until whereas as".split()),
    "es": frozenset("cuando mientras porque aunque".split()),
    "de": frozenset("als während weil nachdem bevor seit obwohl da sobald bis".split()),
    "ar": frozenset("عندما بينما حينما حين لأن منذ قبل بعد كلما".split()),
    "hi": frozenset("जब जबकि हालाँकि".split()),
    "zh": frozenset("当 因为 由于 虽然 尽管".split()),
}
#: Verbs that require a phrase which looks like an adjunct.
NEEDS_OBLIQUE = frozenset(
    "be live dwell lie reside put place set go come stay remain belong depend rely consist result begin start end "
    "stand sit locate situate base rank date range arrive look laugh smile stare glance shout fire aim point tug "
    "shroud fall keep involve take last run vivir residir poner ir venir estar ser quedar ubicar situar basar "
    "encontrar localizar hallar convertir consistir incluir dividir leben wohnen liegen stehen sein befinden "
    "bestehen beruhen".split()
)
#: Adverbs without which the sentence is not entailed by the original.
NOT_VERIDICAL = frozenset(
    "only almost nearly perhaps maybe probably possibly allegedly supposedly reportedly likely apparently seemingly "
    "potentially just too as so more less most least how when where why that very enough well best here there now up "
    "out off down away back apart forward in on over along forth sometimes often usually generally occasionally solo "
    "sólo casi quizás tal probablemente posiblemente más menos muy tan nur fast vielleicht vermutlich "
    "wahrscheinlich möglicherweise mehr sehr so zu wie".split()
)
#: Relative adverbs, and conjunctions that some treebanks tag as adverbs: the clause needs them.
RELATIVE_ADVERBS = frozenset(
    "where when how why as als wo wohin wann wie warum donde adonde cuando como cuanto que".split()
)
#: Conjunctions of conditions and of alternatives: the sentence does not entail the clause that they introduce.
CONDITIONS = frozenset("if unless whether si wenn falls ob sofern यदि अगर eğer 如果 若 要是 إذا لو".split())
ALTERNATIVES = frozenset("or o u oder ou या veya yahut 或 或者 还是 أو أم".split())
#: Words in whose scope a sentence does not entail a shorter one.
DOWNWARD = CONDITIONS | frozenset(
    "all every each any few only less than everyone everybody everything everywhere always most mostly exactly both "
    "whoever whatever whichever wherever whenever todo cada siempre mayoría solo sólo solamente únicamente cualquier "
    "cualquiera quienquiera alle jeder jede jedes jedermann immer meist meisten nur lediglich bloß höchstens "
    "genau".split()
)
MODALS = {
    "en": frozenset("will would can could may might shall should must".split()),
    "de": frozenset("können müssen sollen dürfen mögen wollen".split()),
    "es": frozenset("poder deber".split()),
    "zh": frozenset("会 會 能 能够 能夠 可 可以 可能 应 應 应该 應該 应当 應當 必须 必須 要 得 须 須".split()),
    "ja": frozenset("べき べし".split()),
}
#: Particles that make a sentence a question.
QUESTION_PARTICLES = {
    "ar": frozenset("هل أ".split()),
    "hi": frozenset(["क्या"]),
    "ja": frozenset(["か"]),
    "tr": frozenset("mı mi mu mü".split()),
    "zh": frozenset("吗 嗎 呢 吧".split()),
}
#: Quantifying determiners, for treebanks that do not mark them (PronType).
QUANTIFIERS = frozenset(
    "all every each both either any some many most several few todo cada ambos alguno varios mucho alle jeder beide "
    "einige manche viele mehrere".split()
)
#: Those that are other words in other languages (Turkish `her`).
MORE_QUANTIFIERS = {
    "ar": frozenset("كل بعض جميع عدة".split()),
    "hi": frozenset("हर प्रत्येक सभी सब कुछ कई".split()),
    "tr": frozenset("her bazı birçok bütün tüm".split()),
    "zh": frozenset("每 各 所有 一切 一些 有些 许多 許多 几 幾".split()),
}
#: Languages in which the finite verb is the second constituent of a main clause.
VERB_SECOND = frozenset("de nl sv da no nb nn af is fo".split())
#: Languages with a comma after a fronted phrase, and after a fronted clause.
COMMA_AFTER_PHRASE = frozenset({"en"})
COMMA_AFTER_CLAUSE = frozenset("en es fr it pt ca gl de nl sv da ru uk pl cs el".split())
#: Languages without a comma before a clause that follows the main clause.
NO_COMMA_BEFORE_CLAUSE = frozenset("en es fr it pt ca gl".split())
#: Conjunctions that keep the comma before them in these languages.
LOOSE = frozenset("though although whereas while as since aunque".split())

SYMMETRIC_CONJUNCTIONS = frozenset(
    "and or y e o u und oder et ou och eller en of و أو और या ve veya 和 与 及 或 や と".split()
)

#: Adpositions written as one word with an article.
FUSED_ARTICLES = frozenset(
    "al del im am zum zur vom beim ins ans du des au aux dal nel sul della dello dei degli delle alla allo ai agli "
    "alle dalla dallo nella nello sulla sullo do da dos das no na nos nas ao à aos às pelo pela".split()
)

NO_PASSIVE = {
    "en": frozenset(
        "have be become lack resemble cost fit weigh last equal mean suit want like need contain get let hold take "
        "make give do come undergo mark call name dub show tell ask reach enter leave join marry say go try total "
        "number spend".split()
    ),
    "es": frozenset(
        "tener haber ser estar querer costar pesar poder saber deber gustar hacer dar contener medir".split()
    ),
}

ENGLISH_PARTICIPLES = dict(
    pair.split("/")
    for pair in (
        "awake/awoken bear/borne beat/beaten begin/begun bend/bent bind/bound bite/bitten bleed/bled blow/blown "
        "break/broken breed/bred bring/brought broadcast/broadcast build/built burst/burst buy/bought cast/cast "
        "catch/caught choose/chosen cut/cut deal/dealt dig/dug draw/drawn drink/drunk drive/driven eat/eaten feed/fed "
        "feel/felt fight/fought find/found fly/flown forbid/forbidden forecast/forecast foresee/foreseen "
        "forget/forgotten forgive/forgiven freeze/frozen grind/ground grow/grown hang/hung hear/heard hide/hidden "
        "hit/hit hurt/hurt keep/kept know/known lay/laid lead/led lend/lent light/lit lose/lost meet/met "
        "mislead/misled misread/misread mistake/mistaken misunderstand/misunderstood outdo/outdone overcome/overcome "
        "overhear/overheard override/overridden oversee/overseen overtake/overtaken overthrow/overthrown pay/paid "
        "put/put read/read rebuild/rebuilt redo/redone remake/remade retell/retold rewrite/rewritten ride/ridden "
        "ring/rung run/run see/seen seek/sought sell/sold send/sent set/set shake/shaken shed/shed shoot/shot "
        "show/shown shrink/shrunk shut/shut sing/sung sink/sunk slay/slain speak/spoken spin/spun split/split "
        "spread/spread steal/stolen stick/stuck sting/stung strike/struck swear/sworn sweep/swept swing/swung "
        "teach/taught tear/torn tell/told think/thought throw/thrown understand/understood undertake/undertaken "
        "undo/undone unwind/unwound uphold/upheld upset/upset wake/woken wear/worn weave/woven win/won wind/wound "
        "withdraw/withdrawn withhold/withheld withstand/withstood write/written"
    ).split()
)
#: Verbs of more than one syllable that double their last consonant before -ed.
ENGLISH_DOUBLED = frozenset(
    "admit permit commit submit omit transmit emit refer prefer transfer infer confer defer control patrol compel "
    "expel propel repel regret equip embed".split()
)
ENGLISH_PARTICLES = frozenset("in out up off down away back over on apart together forth".split())
#: Symmetric verbs: the sentence means the same with subject and object swapped.
SYMMETRIC_VERBS = frozenset(
    "meet encounter marry wed divorce date join rejoin equal resemble match mirror parallel adjoin border abut "
    "neighbor neighbour touch intersect overlap complement face fight battle play".split()
)
ENGLISH_TO_SUBJECT = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they"}
ENGLISH_TO_OBJECT = {subject.lower(): form for form, subject in ENGLISH_TO_SUBJECT.items()}

SPANISH_BE = {
    ("Ind", "Pres"): ("es", "son"), ("Ind", "Past"): ("fue", "fueron"), ("Ind", "Imp"): ("era", "eran"),
    ("Ind", "Fut"): ("será", "serán"), ("Cnd", ""): ("sería", "serían"), ("Sub", "Pres"): ("sea", "sean"),
    ("Sub", "Imp"): ("fuera", "fueran"),
}  # fmt: skip
SPANISH_HAVE = {"ha": "han", "había": "habían", "habrá": "habrán", "habría": "habrían", "hubo": "hubieron"}
#: Endings of infinitives with irregular participles, longest first.
SPANISH_PARTICIPLES = {
    "satisfacer": "satisfecho", "imprimir": "impreso", "bendecir": "bendecido", "maldecir": "maldecido",
    "scribir": "scrito", "cubrir": "cubierto", "solver": "suelto", "volver": "vuelto", "romper": "roto",
    "poner": "puesto", "hacer": "hecho", "abrir": "abierto", "decir": "dicho", "prever": "previsto", "rever": "revisto",
}  # fmt: skip
