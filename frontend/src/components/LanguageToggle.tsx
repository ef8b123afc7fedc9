import { useLanguage } from "../i18n/LanguageProvider";

const OWN_NAMES = { ko: "한국어", en: "English" };

export function LanguageToggle() {
  const { language, chooseLanguage } = useLanguage();
  const other = language === "ko" ? "en" : "ko";
  return (
    <button type="button" lang={other} onClick={() => chooseLanguage(other)}>
      {OWN_NAMES[other]}
    </button>
  );
}
