import { useLanguage } from "../i18n/LanguageProvider";
import { PAUSES } from "./pauses";
import "./PauseChips.css";

/** Lengths of a pause; pressed, one is put into the text. */
export function PauseChips({ onChoose }: { onChoose: (seconds: number) => void }) {
  const { t } = useLanguage();
  return (
    <div className="pauses" role="group" aria-labelledby="pauses-label">
      <span id="pauses-label">{t.studio.pauses}</span>
      {PAUSES.map((seconds) => (
        <button
          key={seconds}
          type="button"
          className="chip time"
          aria-label={t.studio.addPause(seconds)}
          onClick={() => onChoose(seconds)}
        >
          {t.studio.pauseValue(seconds)}
        </button>
      ))}
      <p className="quiet">{t.studio.pausesHow}</p>
    </div>
  );
}
