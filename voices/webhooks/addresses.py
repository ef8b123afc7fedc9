"""Which addresses webhooks may be sent to: public ones, so that a wrong address can't reach our own network."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 in IPv6 by NAT64 (RFC 6052)


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be posted to. Raises ``ValueError`` with the reason."""
    parts = urlsplit(url)
    schemes = ["https", "http"] if settings.WEBHOOKS_TO_PRIVATE else ["https"]
    if parts.scheme not in schemes:
        raise ValueError(f"it must begin with {schemes[0]}://")
    if not parts.hostname:
        raise ValueError("it names no host")
    if parts.username or parts.password:
        raise ValueError("it holds a password; the signature says who we are")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise ValueError("it holds characters that belong in no address")
    _ = parts.port  # raises ValueError if it is not a number
    return parts


def public_address(host: str, port: int) -> str:
    """Return the IP address to connect to for ``host``.

    Connect to this address and not to the name: a hostile name server could answer the next look-up differently.
    Raises ``ValueError`` if any of the host's addresses is not public, ``OSError`` if it has none.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.WEBHOOKS_TO_PRIVATE and not all(is_public(address) for address in found):
        raise ValueError("the host has an address that is not public")
    return found[0]


def is_public(address: str) -> bool:
    """Return whether the address is globally reachable, and does not hide an IPv4 address in IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _TRANSLATED
        return not hidden and ip.is_global and not ip.is_multicast
    return ip.is_global and not ip.is_multicast
