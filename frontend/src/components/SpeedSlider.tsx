import { useId } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import { FieldError } from "./FieldError";

interface SpeedSliderProps {
  value: number;
  onChange: (speed: number) => void;
  error: string | undefined;
}

export function SpeedSlider({ value, onChange, error }: SpeedSliderProps) {
  const { t } = useLanguage();
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div>
      <label htmlFor={id}>
        {t.form.speed} <span className="quiet">{t.form.speedValue(value)}</span>
      </label>
      <input
        id={id}
        type="range"
        min={0.5}
        max={2}
        step={0.05}
        value={value}
        aria-valuetext={t.form.speedValue(value)}
        aria-describedby={errorId}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <FieldError id={errorId} message={error} />
    </div>
  );
}
