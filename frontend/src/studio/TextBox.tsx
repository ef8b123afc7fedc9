import { useId, useLayoutEffect, type KeyboardEvent, type RefObject } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import "./TextBox.css";

interface TextBoxProps {
  ref: RefObject<HTMLTextAreaElement | null>;
  value: string;
  limit: number;
  memberName: string;
  onChange: (text: string) => void;
  error: string | undefined;
}

/** The letter: it grows with the text, three lines to begin with. */
export function TextBox({ ref, value, limit, memberName, onChange, error }: TextBoxProps) {
  const { t } = useLanguage();
  const id = useId();
  const countId = `${id}-count`;
  const errorId = `${id}-error`;
  const length = characterCount(value);

  // The box has the height of its own text, up to what the style sheet allows.
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [ref, value]);

  const submitByShortcut = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };

  return (
    <div className="text-box card" data-invalid={error !== undefined}>
      <label className="visually-hidden" htmlFor={id}>
        {t.studio.text}
      </label>
      <textarea
        ref={ref}
        id={id}
        name="text"
        rows={3}
        lang="ko"
        value={value}
        placeholder={t.studio.textPlaceholder(memberName)}
        aria-invalid={error !== undefined}
        aria-describedby={`${errorId} ${countId}`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={submitByShortcut}
      />
      <div className="text-box-foot">
        <p id={errorId} className="field-error" role="alert">
          {error}
        </p>
        <p id={countId} className={length > limit ? "time over-limit" : "time"}>
          <span aria-hidden="true">
            {length}/{limit}
          </span>
          <span className="visually-hidden">{t.studio.characterCount(length, limit)}</span>
        </p>
      </div>
    </div>
  );
}

/** Count characters as the service does: an emoji is one, though it is two UTF-16 units. */
export function characterCount(text: string): number {
  return Array.from(text).length;
}
