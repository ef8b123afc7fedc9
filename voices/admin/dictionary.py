"""The dictionary of readings in the admin, with its CSV import and export."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from voices.dictionary import lexicon_for
from voices.models import DictionaryEntry, Member
from voices.synth import read


class DictionaryEntryResource(ModelResource):
    """A CSV of ``written,reading,member``; the member by its address name, or empty for all."""

    member = Field("member", "member", ForeignKeyWidget(Member, "slug"))

    class Meta:
        model = DictionaryEntry
        fields = ["written", "reading", "member"]
        import_id_fields = ["written", "member"]
        clean_model_instances = True
        skip_unchanged = True


@admin.register(DictionaryEntry)
class DictionaryEntryAdmin(ModelAdmin, ImportExportModelAdmin):
    resource_classes = [DictionaryEntryResource]
    formats = [CSV]
    # Without a choice of columns: an import needs them all, and its script is inline, which the browser blocks.
    export_form_class = ExportForm
    import_form_class = ImportForm
    list_display = ["written", "reading", "member", "updated_at"]
    list_filter = ["member"]
    list_select_related = ["member"]
    search_fields = ["written", "reading"]
    fields = ["written", "reading", "member", "preview"]
    readonly_fields = ["preview"]

    @admin.display(description=_("preview"))
    def preview(self, entry: DictionaryEntry) -> str:
        """Show how a sentence with the word in it will be read; after the first save."""
        if not entry.pk:
            return "—"
        written = f"{entry.written}은 오늘 {entry.written}으로 불렸어요."
        return f"{written} → {read(written, lexicon=lexicon_for(entry.member_id)).text}"
