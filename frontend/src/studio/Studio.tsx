import { ChevronDown } from "lucide-react";
import { useRef, useState, type SubmitEvent } from "react";
import { flushSync } from "react-dom";

import { ApiError, errorMessage } from "../api/ApiError";
import type { Member } from "../api/client";
import { ensureListenerToken } from "../api/listener";
import { readingsIn } from "../api/readings";
import { useTextLimit } from "../api/service";
import { useLanguage } from "../i18n/LanguageProvider";
import { useToast } from "../layout/Toasts";
import { wordsOf } from "../members/look";
import { suggestionsOf } from "../members/suggestions";
import { useStored } from "../stored";
import { change, draft } from "./draft";
import { PauseChips } from "./PauseChips";
import { withPause } from "./pauses";
import { SpeakButton } from "./SpeakButton";
import { useSpeaking } from "./SpeakingProvider";
import { SpeedSlider } from "./SpeedSlider";
import { StudioNotice } from "./StudioNotice";
import { Suggestions } from "./Suggestions";
import { characterCount, TextBox } from "./TextBox";
import { TextPreview } from "./TextPreview";
import "./Studio.css";

/** Where a fan writes what a member is to say. */
export function Studio({ member }: { member: Member }) {
  const { t, language } = useLanguage();
  const limit = useTextLimit();
  const [{ text, speed, readings: kept }] = useStored(draft);
  const readings = readingsIn(text, kept);
  const { speak, refusal, forgetFailure } = useSpeaking();
  const toast = useToast();
  const textRef = useRef<HTMLTextAreaElement>(null);
  const [wasRefused, setWasRefused] = useState(false);

  const suggestions = suggestionsOf(member);
  const length = characterCount(text);
  const missing =
    text.trim() === ""
      ? t.fieldErrors.textMissing
      : length > limit
        ? t.fieldErrors.textTooLong(limit)
        : undefined;
  const isTextRefused = refusal instanceof ApiError && refusal.field === "text";
  const textError =
    (isTextRefused ? errorMessage(refusal, t) : undefined) ?? (wasRefused ? missing : undefined);

  const write = (written: string) => {
    change({ text: written });
    // Who writes will ask: what is asked then need not wait for the token. If it can't be had now, it is asked for then.
    ensureListenerToken().catch(() => undefined);
    setWasRefused(false);
    forgetFailure();
  };

  const addPause = (seconds: number) => {
    const area = textRef.current;
    if (!area) return;
    const paused = withPause(text, area.selectionEnd, seconds);
    flushSync(() => write(paused.text));
    area.focus();
    area.setSelectionRange(paused.caret, paused.caret);
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setWasRefused(true);
    if (missing) {
      textRef.current?.focus();
      return;
    }
    setWasRefused(false);
    speak({ member: member.id, text, speed, readings });
  };

  return (
    <form className="studio" onSubmit={submit} noValidate>
      <TextBox
        ref={textRef}
        value={text}
        limit={limit}
        memberName={wordsOf(member, language).name}
        onChange={write}
        error={textError}
      />
      <Suggestions
        suggestions={suggestions}
        onChoose={(suggested) => {
          if (text.trim() !== "" && !suggestions.some((suggestion) => suggestion.text === text)) {
            toast({ text: t.studio.replaced, onUndo: () => write(text) });
          }
          write(suggested);
        }}
      />
      <TextPreview text={text} member={member.id} speed={speed} readings={readings} limit={limit} />
      <div className="studio-action">
        <SpeakButton />
      </div>
      <StudioNotice hasFieldError={isTextRefused} />
      <details className="more">
        <summary>
          {t.studio.more}
          <ChevronDown aria-hidden="true" />
        </summary>
        <SpeedSlider value={speed} onChange={(chosen) => change({ speed: chosen })} />
        <PauseChips onChoose={addPause} />
        <p className="quiet shortcut">{t.studio.shortcut}</p>
      </details>
    </form>
  );
}
