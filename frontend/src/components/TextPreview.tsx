import { useTextPreview } from "../api/textPreview";
import { useLanguage } from "../i18n/LanguageProvider";

interface TextPreviewProps {
  text: string;
  member: number | undefined;
  limit: number;
}

/** Shows, while one types, how the text will be read and what will be skipped. */
export function TextPreview({ text, member, limit }: TextPreviewProps) {
  const { t } = useLanguage();
  const preview = useTextPreview(text, member, limit);

  return (
    <div className="text-preview quiet" role="note" aria-label={t.preview.label}>
      {preview && preview.spoken_text !== "" && (
        <p>
          {t.preview.willSay} <span lang="ko">{preview.spoken_text}</span>{" "}
          {t.preview.seconds(Math.max(1, Math.round(preview.seconds)))}
        </p>
      )}
      {preview && preview.dropped.length > 0 && (
        <p>{t.request.dropped(preview.dropped.map((part) => part.text).join(" "))}</p>
      )}
    </div>
  );
}
