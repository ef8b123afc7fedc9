import { useId } from "react";

import type { AudioFormat } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { FieldError } from "./FieldError";

const FORMATS: AudioFormat[] = ["wav", "mp3", "opus", "flac"];

interface FormatSelectProps {
  value: AudioFormat;
  onChange: (format: AudioFormat) => void;
  error: string | undefined;
}

export function FormatSelect({ value, onChange, error }: FormatSelectProps) {
  const { t } = useLanguage();
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div>
      <label htmlFor={id}>{t.form.format}</label>
      <select
        id={id}
        value={value}
        aria-describedby={errorId}
        onChange={(event) => onChange(event.target.value as AudioFormat)}
      >
        {FORMATS.map((format) => (
          <option key={format} value={format}>
            {t.form.formats[format]}
          </option>
        ))}
      </select>
      <FieldError id={errorId} message={error} />
    </div>
  );
}
