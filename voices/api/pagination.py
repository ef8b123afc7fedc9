"""Pages of a list."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Pagination(PageNumberPagination):
    """DRF's pages of twenty, which refuses what is no number in place of saying that there is no such page."""

    def get_page_number(self, request: Request, paginator: Any) -> str:
        number = request.query_params.get(self.page_query_param, "1")
        # Eighteen digits are enough for any page; int() raises on thousands of them.
        if not (number.isascii() and number.isdigit() and 0 < len(number) <= 18 and int(number)):
            raise ValidationError({self.page_query_param: [_("Give the page's number, from 1 on.")]}, "out_of_range")
        return number
