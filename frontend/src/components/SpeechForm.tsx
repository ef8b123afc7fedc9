import { useRef, useState, type SubmitEvent } from "react";

import { ApiError, errorMessage } from "../api/ApiError";
import type { AudioFormat, Member, VoiceRequest } from "../api/client";
import { useTextLimit } from "../api/service";
import { useSpeak } from "../api/voiceRequests";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "./ErrorNotice";
import { FormatSelect } from "./FormatSelect";
import { MemberPicker } from "./MemberPicker";
import { SpeedSlider } from "./SpeedSlider";
import { characterCount, TextBox } from "./TextBox";
import { TextPreview } from "./TextPreview";

const FIELDS = ["member", "text", "speed", "format"] as const;
type Field = (typeof FIELDS)[number];
type FieldErrors = Partial<Record<Field, string>>;

interface SpeechFormProps {
  members: Member[];
  onAccepted: (request: VoiceRequest) => void;
}

export function SpeechForm({ members, onAccepted }: SpeechFormProps) {
  const { t } = useLanguage();
  const textLimit = useTextLimit();
  const textRef = useRef<HTMLTextAreaElement>(null);
  const [member, setMember] = useState(() => members.find(({ has_voice }) => has_voice)?.id);
  const [text, setText] = useState("");
  const [speed, setSpeed] = useState(1);
  const [format, setFormat] = useState<AudioFormat>("wav");
  const [wasRefused, setWasRefused] = useState(false);
  const { speak, isSending, error, forgetError } = useSpeak(onAccepted);

  const missing: FieldErrors = {};
  if (member === undefined) missing.member = t.fieldErrors.memberMissing;
  if (text.trim() === "") missing.text = t.fieldErrors.textMissing;
  if (characterCount(text) > textLimit) missing.text = t.fieldErrors.textTooLong(textLimit);

  const refusedField =
    error instanceof ApiError ? FIELDS.find((f) => f === error.field) : undefined;
  const fieldErrors: FieldErrors = {
    ...(refusedField && { [refusedField]: errorMessage(error, t) }),
    ...(wasRefused && missing),
  };

  /** Remove the service's error message, since the changed form may be right. */
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      if (error) forgetError();
    };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setWasRefused(true);
    if (missing.text) textRef.current?.focus();
    if (member === undefined || missing.text) return;
    setWasRefused(false);
    speak({ member, text, speed, format });
  };

  return (
    <form className="speech-form panel" onSubmit={submit} noValidate>
      <MemberPicker
        members={members}
        selectedId={member}
        onSelect={changing(setMember)}
        error={fieldErrors.member}
      />
      <TextBox
        ref={textRef}
        value={text}
        limit={textLimit}
        onChange={changing(setText)}
        error={fieldErrors.text}
      />
      <TextPreview text={text} member={member} limit={textLimit} />
      <div className="side-by-side">
        <SpeedSlider value={speed} onChange={changing(setSpeed)} error={fieldErrors.speed} />
        <FormatSelect value={format} onChange={changing(setFormat)} error={fieldErrors.format} />
      </div>
      {error && !refusedField && <ErrorNotice error={error} />}
      <div className="submit-row">
        <button type="submit" className="primary" aria-disabled={isSending}>
          {isSending ? t.form.sending : t.form.speak}
        </button>
        <p className="quiet">{t.form.shortcut}</p>
      </div>
    </form>
  );
}
