"""The page for fans, as Vite built it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Answer ``frontend/dist/index.html``; its scripts and styles are static files with hashes in their names."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.exists():
        return HttpResponse("The page is not built yet: run `make setup`.", status=503)
    return HttpResponse(index.read_bytes(), headers={"Cache-Control": "no-cache"})
