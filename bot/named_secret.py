"""Passwords, keys and tokens that look like any other word: known by the word that names them."""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from bot.credential import API_KEY, PASSWORD, TOKEN

SECRET = "secret"

# --- The name ------------------------------------------------------------------------------------

_KEY_OWNER = (
    r"(?:api|access|secret|auth(?:entication|orization)?|sign(?:ing|ature)|encryption|account|"
    r"storage|subscription|master|consumer|client|webhook|deploy(?:ment)?|refresh|bearer|sas|"
    r"service|personal[ _-]?access|private|functions?|bot)"
)
_NOT_IN_A_WORD = r"(?<![^\W_])"  # compass, bypass and spin are no names
_NOT_A_TICKET = "".join(
    f"(?<!{kind} )" for kind in ("boarding", "travel", "season", "parking", "bus", "ski", "day")
)
_NAME = re.compile(
    r"(?:(?P<phrase>(?i:pass[ _-]?phrases?))"
    r"|(?P<password>(?i:pass[ _-]?words?|passcode|passwd|passwort(?:e|es)?|passwörter|"
    r"kenn(?:wort|wörter)|contrase[ñn]as?|clave de acceso|zugangscode|wachtwoord(?:en)?|"
    rf"mot de passe|bind[ _.-]credentials?|{_NOT_IN_A_WORD}(?:pwd|psw|pws?))"
    r"|(?<=[a-z0-9])(?:Pwd|Pw|Pass)|(?<=_)(?i:pass))"
    rf"|(?P<pin>{_NOT_IN_A_WORD}(?:(?i:(?:pin|puk)(?:[ -]?code)?|otp(?: code)?|"
    r"one[- ]time (?:pass)?code)|(?:m|SMS-?)?TAN))"
    rf"|(?P<key>(?i:{_KEY_OWNER}[ _.-]?(?:keys?|secrets?|tokens?)"
    r"|(?:api|zugriffs|zugangs|geheim|client)[ _-]?(?:schlüssel|geheimnis|token)"
    r"|clave (?:de )?(?:la )?api|clave secreta|token de (?:acceso|api)))"
    rf"|(?P<loose_password>{_NOT_A_TICKET}{_NOT_IN_A_WORD}(?i:pass|clave))"
    rf"|(?P<loose_key>{_NOT_IN_A_WORD}(?:(?i:tokens?|secrets?|secreto)|PAT)"
    r"|(?<=[a-z0-9])(?:Token|Secret)))"
    r"(?![^\W\d_])"
)
# password_policy, Passwort-Reset and token.length name something else.
_NAME_GOES_ON = re.compile(r"[0-9]{0,2}(?:[^\W\d]|[-.][^\W\d_])")

# --- What links it with the value ----------------------------------------------------------------


class _Link(Enum):
    """How surely what follows the name is its value."""

    ASSIGNED = auto()  # password=x
    LABELLED = auto()  # password: x
    SAID = auto()  # my password is x
    BESIDE = auto()  # password x


_WORD = r"[^\s:=,;!?.|]{1,40}+(?:\.[^\s:=,;!?.|]{1,40}+){0,4}+"
_CLOSING = r"[0-9]{0,2}[\\\"'`*_\])]{0,4}+"
_LINK = re.compile(
    rf"{_CLOSING}(?:"
    r"(?P<assigned>,?\s{1,20}[\"']?value[\"']?[ \t]{0,3}[=:][ \t]{0,3}|,\"value\":"
    r"|>(?=[^<\n]{1,128}</))"
    r"|(?P<line>[ \t]{0,3}:[*_]{0,3}[ \t]{0,8}\r?\n[ \t]{0,8})"
    r"|(?:[ \t]{1,2}\([^()\n]{1,40}\))?"
    r"(?P<whose>[ \t]{1,2}(?i:for|of|on|in|at|you|we|i|they|that|which|für|vom|von|des|der|auf|"
    r"para|del?|en|que)\b"
    rf"(?:[ \t]{{1,2}}{_WORD}){{1,5}}?)?"
    r"(?:[ \t]{0,3}(?P<sign>:=|=>|->|→|=(?!=)|:(?!:))[*_]{0,3}[ \t]{0,8}"
    r"|[ \t]{1,3}(?P<verb>(?i:is|was|are|were|ist|sind|war|waren|lautete?n?|es|son|era|será)"
    r"(?:[ \t](?i:now|still|currently|just|jetzt|noch|aktuell|ahora|todavía))?):?[ \t]{1,3}"
    r"|(?P<change>[ \t]+(?i:(?:(?:has|have|had|was|is|been|ha sido|fue)[ \t]){0,2}"
    r"(?:(?:changed|set|reset|updated|cambiada)[ \t])?(?:to|auf|zu|a|por))[ \t]{1,3})))"
)
_SPACE = re.compile(
    rf"{_CLOSING}[ \t]{{0,3}}"
    r"(?:={2,3}|\||[(\[]|,(?=[ \t])|(?=[\"'`“„«‘ \t]))[ \t]{0,3}"
    r"(?![\w-]{1,40}=[\w\"'$\[])"
)
_AFTER_USER = re.compile(r"(?i)\buser(?:name)?[ :=]{1,3}\S{1,64}+[ ,/]{1,3}$")
_OPTION = re.compile(r"--[\w-]*$")  # --password x
_CHANGES = re.compile(
    r"(?i)\b(?:chang|set\b|sets\b|setting|reset|updat|switch|änder|setz|gesetzt|geändert|cambi|"
    r"pus[eo]|actuali[cz])"
)
_SWAP = re.compile(
    rf"(?:[ \t]+(?i:for|of|on|für|vom|von|des|der|para|del?)(?:[ \t]+{_WORD}){{1,4}}?)?"
    r"(?:[ \t]+(?i:has|have|had|was|were|is|been|wurden?|ist|sind|ha|han|sido|fue|fueron)){0,3}"
    r"(?:[ \t]+(?i:changed|set|reset|updated|rotated|switched|cambiad[oa]s?|actualizad[oa]s?))?"
    r"(?:[ \t]+(?i:yesterday|today|now|just|recently|gestern|heute|ayer|hoy))?"
    r"[ \t]+(?i:from|von|de)[ \t]+(?P<old>\S{1,64}+)[ \t]+(?i:to|auf|zu|a)[ \t]+(?P<new>\S{1,64}+)"
)
_PLURAL = re.compile(r"(?i)[^s]s$|wörter$")
# "password for user: bob" names the user, and "password for our app: Winter24!" the password.
_NAMES_ANOTHER = re.compile(
    r"(?i)(?P<which>(?:\b(?:vom|des|der|del)|\S+[ \t]+\S+)[ \t]+)?"
    r"\b(?:(?P<who>user(?:name)?|account|e-?mail|mail|ids?|name|url|benutzer|konto|usuario|cuenta|"
    r"correo)|app|application|environment|env|node|server|host|anwendung|umgebung|aplicación)$"
)
_STRONG = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])(?=.*[#$%^&*+~!=])")
_NAME_LIKE = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)+")
_USER_NAME_LIKE = re.compile(r"[a-z0-9._-]+")
_NEXT_OF_SEVERAL = re.compile(r"[ \t]*(?:,|/|\b(?i:and|or|und|oder|y|o)\b)[ \t]*")
_GIVES = re.compile(
    r"(?i)\b(?:us(?:e|ed|ing)|with|try|tried|enter(?:ed)?|typed?|mit|verwende\w*|nutze\w*|con|"
    r"us(?:o|a|ar|ando|é))\b[^.!?\n]{0,30}$"
)
_SAID_BEFORE = re.compile(
    r"(?<!\S)(?P<value>\S{5,64}+)[ \t]+(?i:is|was|as|ist|war|als|es|era|como)[ \t]+"
    r"(?:(?i:my|the|our|a|your|mein|das|unser|dem|mi|la|nuestra|new|old|temporary)[ \t]+)"
    r"{0,3}(?:\w{1,20}[ \t]+)?$"
)
_PAIR = re.compile(
    r"(?i)\b(?:credentials?|creds|log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in|zugangsdaten|anmeldedaten|"
    r"login-?daten|anmelden|einloggen|credenciales|datos de acceso|acceso|"
    r"(?:user(?:name)?|benutzer|usuario)[ ]?/[ ]?(?:password|pw|passwort|contraseña))"
    r"(?::|[ \t](?:(?:for|für|para)[ \t][^:\n]{1,40}:)?)[ \t]{0,3}"
    r"(?:(?:are|is|sind|son|with|using|as|mit|als|con|como)\b)?[ \t]{0,3}:?\s{0,3}"
    r"[\"'`]?[\w.@+-]{1,64}[\"'`]?[ \t]{0,3}[/|:][ \t]{0,3}[\"'`]?(?P<value>[^\s/\"'`]{5,64})"
)
# What Kubernetes says of an object with such a name: secrets "db-1" not found.
_OBJECT = re.compile(r"(?i)secrets?")
_OBJECT_NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)+")
_SAID_OF_OBJECTS = re.compile(
    r"(?i)[\\\"'`]{0,3}[ \t]{1,3}(?:(?:was |is |could )?not (?:be )?found|does(?: not|n't) exist|"
    r"already exists|is forbidden|created|deleted|configured|unchanged)\b"
)
# What a parser calls a token is a piece of the text that it reads.
_PARSES = re.compile(
    r"(?i)\b(?:(?:un)?expected|unerwartetes|unrecogni[sz]ed|extraneous|offending)[ \t]$"
)
_BEFORE = 80  # characters in which a sentence can say the value, or what is done, before the name
_AFTER = 40

# --- The value -----------------------------------------------------------------------------------


class _Value(NamedTuple):
    text: str
    start: int
    end: int
    is_quoted: bool
    ends_clause: bool


_QUOTED = re.compile(
    r"\\\"(?P<a>[^\"\\\n]{1,200})\\\"|\"(?P<b>(?:[^\"\\\n]|\\.){1,200})\""
    r"|'(?P<c>(?:[^'\\\n]|\\.){1,200})'(?!\w)|`(?P<d>[^`\n]{1,200})`"
    r"|[“„](?P<e>[^“”\n]{1,200})[”“]|«[ \u00a0]?(?P<f>[^«»\n]{1,200}?)[ \u00a0]?»"
    r"|‘(?P<g>[^‘’\n]{1,200})’"
)
_UNQUOTED = re.compile(
    r"(?:[^\s;,&<\"'`]{1,64}+|(?![;,&][\w .-]{0,40}[=:]|</|[\"'`][,;)}\]>]*(?:\s|$))\S){1,8}",
    re.MULTILINE,
)
_PHRASE = re.compile(r"[^\s.,;:!?\"']{1,40}+(?:[ \t][^\s.,;:!?\"']{1,40}+){1,7}")
_OPENING = "\"'`“„«‘*"
_TRAILING = ".,;:)]}>\"'`”“»’"
_CLAUSE_ENDS = re.compile(
    r"[\"'`*”]|[ \t]*(?:$|[.,;!?)\]}|/<&]|[-–—][ \t]|--|[\w-]{1,30}[ \t]?[:=]"
    r"|\b(?i:and|but|und|aber|y|pero|or|oder)\b)",
    re.MULTILINE,
)

_UUID = re.compile(r"(?i)\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?")
# What a desk needs to see.
_ORDINARY = re.compile(
    r"(?i)[a-z][a-z0-9+.-]*://.*|www\..*"
    r"|[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:[:/][0-9]+)?"
    r"|v?[0-9]+(?:\.[0-9]+)+(?:[-+.]?[a-z]+[0-9.]*)?"
    r"|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:t[0-9:.]+z?)?|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"|(?:~|\.{1,2})?/.*|[a-z]:\\.*|0x[0-9a-f]+"
    r"|[\w()/\\-]+(?:\.[\w()-]+)*\.(?:bak|cer|conf|config|crt|csv|docx?|env|gif|gz|html?|ini|jar|"
    r"java|jks|jpe?g|js|json|key|log|md|p12|pdf|pem|pfx|png|pptx?|properties|ps1|py|sh|sql|svg|"
    r"tar|toml|ts|txt|war|xlsx?|xml|ya?ml|zip)"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|dev|eu|de|nl|es|uk|local|internal)"
)
# What only stands where a secret will stand, and code that fetches one.
_PLACEHOLDER = re.compile(
    r"(?i)[\W_]+|x{3,}|[<$%#{@\[(].*|your[-_ ]?\w*"
    r"|(?:null|none|nil|undefined|empty|true|false|yes|no|n/a|ok|string|str|text|varchar|boolean|"
    r"bool|int|integer|optional|required|redacted|hidden)\W*"
    r"|[a-z_][\w.]*[(\[].*|.*\]\(.*"
    r"|(?:self|this|os|process|env|config|settings|props|request|req|form|user|args|ctx|context|"
    r"params|options|values|data|body|input)\.[\w.]+"
)
_TECHNICAL = re.compile(
    r"(?i)(?:oauth|saml|sha|md|aes|rsa|argon|pbkdf|base|utf|tls|ssl|http|ipv|log4j|java|php|"
    r"python|node|win(?:dows)?|ios|office|s3|k8s|db|ldap|ntlm|oidc|step|option|error|"
    r"code|field|attempt|line|version|page|item|user|server|app|level|release|sprint)"
    r"[-_]?v?[0-9][\w.-]*"
    r"|[0-9]+(?:[.,][0-9]+)?[a-z]{1,3}|[0-9]+[-+][a-z]+|[0-9]+[-–][0-9]+"
)
_ERROR_CODE = re.compile(r"[A-Z]{2,}[-_]?[0-9]{3,}[A-Z]?")
_LETTERS = re.compile(r"[^\W\d_]+(?:[_'’-][^\W\d_]+)*")
_MIXED = re.compile(r"(?=[\W\d_]*+[^\W\d_])(?:[^0-9]*+[0-9]|.[^@#$%^&*+~!?=]*+[@#$%^&*+~!?=].)")
_ADJECTIVE = re.compile(
    r"(?i).{2,}(?:ed|ing|[ai]ble|less|ful|ly|ive|ory|ical|ional|ent|ant|"
    r"iert|bar|lich|isch|lassen|laufen|perrt|ad[oa]s?|id[oa]s?|ect[oa]s?|mente)"
)
# Words that can end what is said of a password. Others are followed by more words.
_SAID_OF_PASSWORDS = frozenset(
    "active again always anymore bad blank broken cannot can't case change correct default "
    "different down empty enough exact expiry fails fine forgot forgotten gone good help here "
    "hidden how i inactive incorrect insecure invalid it long lost mandatory me mine missing never "
    "new no none not nothing null ok okay old optional out permanent plain please policy private "
    "problem public question required reset right safe same secret secure set short shorter shown "
    "simple since still stolen strong stuck temporary that them there this too true false "
    "unclear unknown unsafe up us valid visible weak what why wrong yes yet you yours "
    "abgelaufen anders falsch fehlt geändert gesperrt gleich gültig inkorrekt ja korrekt kurz "
    "lang leer nein neu nicht richtig schwach sicher stark unbekannt ungültig unsicher vergessen "
    "verloren weg zurückgesetzt zurücksetzen "
    "bien corta fuerte igual inválida larga mal misma mismo nueva segura sí tampoco temporal "
    "válida vieja vacía débil olvidé".split()
)
_PROSE = re.compile(
    r"(?i)\b(?:is|are|was|must|may|cannot|can't|not|the|your|this|least|required|invalid|incorrect|"
    r"wrong|expired|field|enter|please|does|doesn't|ist|muss|nicht|das|bitte|es|no|debe|su|la)\b"
)
_MADE_BY_A_MACHINE = re.compile(r"[\w.~+/=:%-]+")
_WORD_LIKE = re.compile(r"(?i)[a-z]*|[a-z]+[0-9]{1,4}|v?[0-9]{1,4}[a-z]?")


def find_named_secrets(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each value that a name such as "password" says to be secret.

    English, German and Spanish sentences, settings in configuration files and code, options of
    command lines. Prose about passwords and keys is left alone, and so are placeholders.
    """
    for name in _NAME.finditer(text):
        if _NAME_GOES_ON.match(text, name.end()) or _is_parsed(text, name):
            continue
        kind = _kind(name)
        for start, end in _values(text, name):
            yield kind, start, end
    for pair in _PAIR.finditer(text):
        value = _trimmed(text, *pair.span("value"))
        if _is_password(value, _Link.BESIDE):
            yield PASSWORD, value.start, value.end


def _kind(name: re.Match[str]) -> str:
    if not (name["key"] or name["loose_key"]):
        return PASSWORD
    word = name[0].lower()
    if "token" in word or word == "pat":
        return TOKEN
    return SECRET if re.search("secret|geheim", word) and "key" not in word else API_KEY


def _is_parsed(text: str, name: re.Match[str]) -> bool:
    before = text[max(0, name.start() - _BEFORE) : name.start()]
    return name[0].lower() in ("token", "tokens") and bool(_PARSES.search(before))


def _is_of_an_object(text: str, name: re.Match[str], value: _Value) -> bool:
    is_name = _OBJECT.fullmatch(name[0]) and _OBJECT_NAME.fullmatch(value.text)
    return bool(is_name and _SAID_OF_OBJECTS.match(text, value.end))


def _values(text: str, name: re.Match[str]) -> Iterator[tuple[int, int]]:
    before = _SAID_BEFORE.search(text, max(0, name.start() - _BEFORE), name.start())
    swap = _SWAP.match(text, name.end())
    elsewhere = [before.span("value")] if before else []
    elsewhere += [swap.span("old"), swap.span("new")] if swap else []
    values = [_trimmed(text, start, end) for start, end in elsewhere]
    named = [value for value in values if _is_named(name, value, _Link.BESIDE)]
    for value in named or _said_after(text, name):
        yield value.start, value.end


def _said_after(text: str, name: re.Match[str]) -> Iterator[_Value]:
    for value, link, verb in _candidates(text, name):
        if not _is_named(name, value, link, verb) or _is_of_an_object(text, name, value):
            continue
        yield value
        while _PLURAL.search(name[0]):
            following = _NEXT_OF_SEVERAL.match(text, value.end + value.is_quoted)
            value = _value(text, following.end()) if following else value
            if not following or not _is_named(name, value, _Link.BESIDE):
                return
            yield value
        return


def _candidates(text: str, name: re.Match[str]) -> Iterator[tuple[_Value, _Link, str]]:
    """What may be the value, how surely, and the verb that says so; the surest first."""
    before = text[max(0, name.start() - _BEFORE) : name.start()]
    found = _LINK.match(text, name.end())
    another = _NAMES_ANOTHER.search(found["whose"]) if found and found["whose"] else None
    if found and found["sign"] and another:
        value = _value(text, found.end())
        if _is_named_so(another, value.text.rstrip("?")):
            yield value, _Link.BESIDE, ""
    elif found:
        phrase = _PHRASE.match(text, found.end()) if name["phrase"] else None
        if phrase and not _PROSE.search(phrase[0]):
            yield _trimmed(text, *phrase.span()), _Link.ASSIGNED, ""
        value = _value(text, found.end())
        if found["assigned"] or (found["sign"] in ("=", ":=") and not found["whose"]):
            yield value, _Link.ASSIGNED, ""
        elif found["sign"]:
            yield value, _Link.SAID if found["whose"] else _Link.LABELLED, ""
        elif found["verb"]:
            yield value, _Link.SAID, found["verb"].lower()
        elif found["line"] or _CHANGES.search(before + text[name.end() : value.end + _AFTER]):
            yield value, _Link.BESIDE, ""
    if space := _SPACE.match(text, name.end()):
        value = _value(text, space.end())
        if _OPTION.search(before):
            yield value, _Link.ASSIGNED, ""
        elif _AFTER_USER.search(before) and _MIXED.match(value.text):
            yield value, _Link.SAID, ""
        else:
            is_given = value.is_quoted and "," not in space[0] and _GIVES.search(before)
            yield value, _Link.SAID if is_given else _Link.BESIDE, ""


def _is_named_so(another: re.Match[str], said: str) -> bool:
    """Whether "password for our app: x" gives a password and not the app's name."""
    if _STRONG.match(said):
        return True
    names = _USER_NAME_LIKE if another["who"] else _NAME_LIKE
    return bool(another["which"]) and not names.fullmatch(said)


def _value(text: str, start: int) -> _Value:
    if quoted := _QUOTED.match(text, start):
        start, end = quoted.span(quoted.lastgroup or 0)
        return _Value(text[start:end], start, end, is_quoted=True, ends_clause=True)
    unquoted = _UNQUOTED.match(text, start)
    return _trimmed(text, start, unquoted.end() if unquoted else start)


def _trimmed(text: str, start: int, end: int) -> _Value:
    """Without the quotes, the emphasis and the punctuation of the sentence around it."""
    said = text[start:end].lstrip(_OPENING)
    start = end - len(said)
    is_emphasized = text[start - 1 : start] == "*" or "**" in said[-4:]
    end = start + len(said.rstrip(_TRAILING + "*" if is_emphasized else _TRAILING))
    ends_clause = bool(_CLAUSE_ENDS.match(text, end))
    return _Value(text[start:end], start, end, is_quoted=False, ends_clause=ends_clause)


def _is_named(name: re.Match[str], value: _Value, link: _Link, verb: str = "") -> bool:
    if name["pin"]:
        return link is not _Link.BESIDE and bool(re.fullmatch("[0-9]{4,8}", value.text))
    if name["key"] or name["loose_key"]:
        return _is_key(value, link, is_loose=bool(name["loose_key"]))
    if name["loose_password"]:
        if link is _Link.BESIDE or value.text.isdigit():
            return False
        if name[0] == "PASS" or name[0].lower() == "clave":
            link = _Link.BESIDE
    return _is_password(value, link, verb)


def _is_password(value: _Value, link: _Link, verb: str = "") -> bool:
    """The surer the link, the less the value has to look like a password and unlike prose."""
    said = value.text
    if not said or _PLACEHOLDER.fullmatch(said) or _ORDINARY.fullmatch(said):
        return False
    if link is _Link.BESIDE:
        return (
            len(said) >= 5
            and " " not in said
            and bool(_MIXED.match(said.rstrip("!?")))
            and not _TECHNICAL.fullmatch(said)
            and not _ERROR_CODE.fullmatch(said)
            and not _UUID.fullmatch(said)
        )
    if value.is_quoted:
        return not _PROSE.search(said)
    if said.isdigit():
        return value.ends_clause and (link is not _Link.SAID or len(said) >= 4)
    if link is _Link.ASSIGNED:
        return True
    word = said.rstrip("!?").lower()
    if _LETTERS.fullmatch(word):
        if verb.startswith("lautet"):
            return value.ends_clause
        if verb in ("ist", "war") and said.islower():  # a German adjective
            return False
        is_prose = word in _SAID_OF_PASSWORDS or _ADJECTIVE.fullmatch(word)
        return value.ends_clause and not is_prose
    is_set = link is _Link.LABELLED and value.ends_clause
    return is_set or not _TECHNICAL.fullmatch(said)


def _is_key(value: _Value, link: _Link, *, is_loose: bool) -> bool:
    """Keys and tokens are made by machines: long, and letters mixed with digits."""
    said = value.text
    is_short = len(said) < (16 if link is _Link.BESIDE else 12 if is_loose else 8)
    if is_short or not _MADE_BY_A_MACHINE.fullmatch(said) or _PLACEHOLDER.fullmatch(said):
        return False
    if _UUID.fullmatch(said):
        return not is_loose
    if _ORDINARY.fullmatch(said) or _TECHNICAL.fullmatch(said) or _ERROR_CODE.fullmatch(said):
        return False
    parts = re.split(r"[-_./:]", said)
    is_made_of_words = all(_WORD_LIKE.fullmatch(part) for part in parts)
    has_a_word = any(len(part) > 2 and part.isalpha() for part in parts)
    if is_made_of_words and (has_a_word or is_loose or link is _Link.BESIDE):
        return False
    return bool(_MIXED.match(said))
