import { useId } from "react";

import { useLanguage } from "../i18n/LanguageProvider";
import { MAX_SPEED, MIN_SPEED } from "./draft";
import "./SpeedSlider.css";

interface SpeedSliderProps {
  value: number;
  onChange: (speed: number) => void;
}

export function SpeedSlider({ value, onChange }: SpeedSliderProps) {
  const { t } = useLanguage();
  const id = useId();
  return (
    <div className="speed">
      <label htmlFor={id}>{t.studio.speed}</label>
      <input
        id={id}
        type="range"
        min={MIN_SPEED}
        max={MAX_SPEED}
        step={0.05}
        value={value}
        aria-valuetext={t.studio.speedValue(value)}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <span className="time" aria-hidden="true">
        {t.studio.speedValue(value)}
      </span>
    </div>
  );
}
