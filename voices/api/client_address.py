"""The network that a request came from, by which clients without a key are told apart and counted."""

import ipaddress
import re

from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

# Some proxies write the client's port, too, which is a new one for each connection.
_WITH_PORT = re.compile(r"\A(?:\[(?P<v6>.+)\]|(?P<v4>[\d.]+))(?::\d+)?\Z")


def client_address(request: Request) -> str:
    """Return a keyed hash of the client's network, 32 hexadecimal digits: stored rows tell nobody where fans are.

    Behind ``FORV_TRUSTED_PROXIES`` proxies, the address is the one in ``X-Forwarded-For`` that the first of them wrote.
    """
    return hashed_address(BaseThrottle().get_ident(request) or "")


def hashed_address(address: str) -> str:
    """Return the same hash for the address of a connection."""
    return salted_hmac("voices.client_address", client_network(address), algorithm="sha256").hexdigest()[:32]


def client_network(address: str) -> str:
    """Return an IPv4 address as it is, and the /64 of an IPv6 address, which is what one customer gets."""
    if match := _WITH_PORT.match(address):
        address = match["v6"] or match["v4"]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
