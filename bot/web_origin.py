"""The web origin: scheme, host and port of a site, as a browser names it in its Origin header."""

import re

_ORIGIN = re.compile(r"(https?)://([^\s/?#@:\[\]*]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normal_origin(text: str) -> str:
    """The origin as browsers write it: in lower case, without a default port (RFC 6454, 6.2).

    Raises ValueError for anything but scheme, host and perhaps a port.
    """
    found = _ORIGIN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no origin: write it like https://support.example.com")
    scheme, host, port = found[1].lower(), found[2].lower(), found[3]
    if not host.isascii():
        host = host.encode("idna").decode()
    is_default = port is None or int(port) == _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"
