"""The page for fans, as Vite built it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.deprecation import MiddlewareMixin
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.http import escape_leading_slashes
from django.views.decorators.http import require_safe

from voices.models import Member

# As `frontend/vite.config.ts` and `frontend/index.html` write them.
_BUILT_STATIC_URL = "/static/"
_BUILT_BASE = '<meta name="forv-base" content="" />'


@require_safe
def page(request: HttpRequest, status: int = 200) -> HttpResponse:
    """Answer ``frontend/dist/index.html``; its scripts and styles are static files with hashes in their names."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.exists():
        return HttpResponse("The page is not built yet: run `make setup`.", status=503)
    base = get_script_prefix().rstrip("/")
    html = index.read_text(encoding="utf-8")
    html = html.replace(f'="{_BUILT_STATIC_URL}', f'="{settings.STATIC_URL}')
    html = html.replace(_BUILT_BASE, _BUILT_BASE.replace('""', f'"{base}"'))
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-cache"})


def member_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the page of a member, with 404 if there is none of that name."""
    return page(request, status=200 if Member.objects.filter(slug=slug).exists() else 404)


def no_such_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Redirect an address that only lacks its last slash; answer any other with 404 and the page, which says so."""
    path = request.path_info
    try:
        if request.method == "GET" and not path.endswith("/") and resolve(f"{path}/").func is not no_such_page:
            # The path as it came lacks `FORV_PATH_PREFIX`, which a proxy took away.
            address = escape_leading_slashes(f"{get_script_prefix().rstrip('/')}{escape_uri_path(path)}/")
            query = iri_to_uri(request.META.get("QUERY_STRING", ""))
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    except (Http404, Resolver404):
        pass
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=404)
    return page(request, status=404)


class NoSuchPageMiddleware(MiddlewareMixin):
    """Answer what a view does not find like an unknown address; while debugging, Django's answer is for developers."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return no_such_page(request, exception) if isinstance(exception, Http404) else None


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that needs nothing that could be broken, too."""
    html = settings.FRONTEND_DIST / "500.html"
    text = html.read_text(encoding="utf-8") if html.exists() else "Something went wrong."
    return HttpResponse(text.replace(f'="{_BUILT_STATIC_URL}', f'="{settings.STATIC_URL}'), status=500)
