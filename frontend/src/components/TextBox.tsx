import { useId, type KeyboardEvent, type Ref } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import { FieldError } from "./FieldError";

interface TextBoxProps {
  ref: Ref<HTMLTextAreaElement>;
  value: string;
  limit: number;
  onChange: (text: string) => void;
  error: string | undefined;
}

export function TextBox({ ref, value, limit, onChange, error }: TextBoxProps) {
  const { t } = useLanguage();
  const id = useId();
  const countId = `${id}-count`;
  const errorId = `${id}-error`;
  const length = characterCount(value);

  const submitByShortcut = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };

  return (
    <div className="text-box">
      <label htmlFor={id}>{t.form.text}</label>
      <textarea
        ref={ref}
        id={id}
        name="text"
        rows={5}
        lang="ko"
        value={value}
        placeholder={t.form.textPlaceholder}
        aria-invalid={error !== undefined}
        aria-describedby={`${errorId} ${countId}`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={submitByShortcut}
      />
      <p id={countId} className={length > limit ? "quiet over-limit" : "quiet"}>
        {t.form.characterCount(length, limit)}
      </p>
      <FieldError id={errorId} message={error} />
    </div>
  );
}

/** Count characters as the service does: an emoji is one, though it is two UTF-16 units. */
export function characterCount(text: string): number {
  return Array.from(text).length;
}
