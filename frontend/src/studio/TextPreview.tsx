import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Readings } from "../api/readings";
import { useTextPreview } from "../api/textPreview";
import { useLanguage } from "../i18n/LanguageProvider";
import { previewWords, type PreviewWord } from "./previewWords";
import "./TextPreview.css";

const ReadingDialog = lazy(() => import("./ReadingDialog"));

interface TextPreviewProps {
  text: string;
  member: number;
  speed: number;
  readings: Readings;
  limit: number;
}

/** Shows on one line how the text will be read, how long that takes and what is left out; pressed, all of it. */
export function TextPreview({ text, member, speed, readings, limit }: TextPreviewProps) {
  const { t } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<PreviewWord>();
  const preview = useTextPreview(text, member, speed, readings, limit);
  const dropped = preview?.dropped.map((part) => part.text).join(" ") ?? "";

  return (
    <div className="text-preview" role="note" aria-label={t.preview.label}>
      {preview && (preview.spoken_text !== "" || dropped !== "") && (
        <>
          <button
            type="button"
            className="text-preview-line"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <span className="text-preview-start">
              {t.preview.label}
              {!isOpen && (
                <>
                  {": "}
                  <span lang="ko">{preview.spoken_text}</span>
                </>
              )}
            </span>
            {dropped !== "" && (
              <span className="text-preview-dropped">
                <span>{dropped}</span> {t.preview.droppedShort}
              </span>
            )}
            <span className="time">
              {t.preview.seconds(Math.max(1, Math.round(preview.seconds)))}
            </span>
            <ChevronDown aria-hidden="true" />
          </button>
          {isOpen && (
            <div className="text-preview-whole card">
              <p className="quiet">{t.preview.tapAWord}</p>
              <p lang="ko">
                {previewWords(text, preview.sentences).map((word, index) => (
                  <button
                    key={index}
                    type="button"
                    className="text-preview-word"
                    data-changed={word.written in readings}
                    onClick={() => setChosen(word)}
                  >
                    {word.read}
                  </button>
                ))}
              </p>
              {dropped !== "" && <p className="quiet">{t.preview.dropped(dropped)}</p>}
            </div>
          )}
        </>
      )}
      {chosen && (
        <Suspense>
          <ReadingDialog word={chosen} member={member} onClose={() => setChosen(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
