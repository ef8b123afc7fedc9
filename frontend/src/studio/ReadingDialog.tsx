import { Volume2 } from "lucide-react";
import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";

import { ApiError, errorMessage } from "../api/ApiError";
import { usePropose, useTryOut } from "../api/readings";
import { useVoiceRequest } from "../api/voiceRequests";
import { useLanguage } from "../i18n/LanguageProvider";
import { DialogFrame } from "../layout/DialogFrame";
import { useToast } from "../layout/Toasts";
import { change, draft } from "./draft";
import type { PreviewWord } from "./previewWords";
import "./ReadingDialog.css";

/** The service takes longer sentences for no proposal, and longer words for no trial. */
const MAX_SENTENCE_CHARACTERS = 200;
const HANGUL = /^[가-힣]+( [가-힣]+)*$/;

interface ReadingDialogProps {
  word: PreviewWord;
  member: number;
  onClose: () => void;
}

/** Hear how a word is read, and say how it is to be read instead: at once, and as a proposal for everybody. */
export default function ReadingDialog({ word, member, onClose }: ReadingDialogProps) {
  const { t } = useLanguage();
  const toast = useToast();
  const propose = usePropose();
  const id = useId();
  const [written, setWritten] = useState(word.written);
  const [reading, setReading] = useState(() => word.read.replace(/[^가-힣 ]/g, "").trim());
  const [wasRefused, setWasRefused] = useState(false);
  const isHangul = HANGUL.test(reading.trim());
  const refused = propose.error instanceof ApiError && propose.error.field !== undefined;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation(); // to React, the studio's form is around this one
    setWasRefused(!isHangul);
    if (!isHangul) return;
    const proposal = {
      written: written.trim(),
      reading: reading.trim(),
      member,
      sentence: Array.from(word.sentence).slice(0, MAX_SENTENCE_CHARACTERS).join(""),
    };
    try {
      await propose.mutateAsync(proposal);
      toast({ text: t.reading.proposed });
    } catch (error) {
      // A wrong word or reading can be mended here; whatever else kept the proposal, this request is read so.
      if (error instanceof ApiError && error.field !== undefined) return;
    }
    const { readings } = draft.read();
    change({ readings: { ...readings, [proposal.written]: proposal.reading } });
    onClose();
  };

  return (
    <DialogFrame title={t.reading.title} onClose={onClose}>
      <form className="reading-form" onSubmit={(event) => void submit(event)} noValidate>
        <label htmlFor={`${id}-written`}>{t.reading.written}</label>
        <input
          id={`${id}-written`}
          lang="ko"
          value={written}
          maxLength={50}
          onChange={(event) => setWritten(event.target.value)}
        />
        <label htmlFor={`${id}-reading`}>{t.reading.reading}</label>
        <input
          id={`${id}-reading`}
          lang="ko"
          value={reading}
          maxLength={100}
          aria-invalid={wasRefused || refused}
          aria-describedby={`${id}-error`}
          onChange={(event) => {
            setReading(event.target.value);
            setWasRefused(false);
            propose.reset();
          }}
        />
        <p id={`${id}-error`} className="field-error" role="alert">
          {wasRefused ? t.reading.hangulOnly : refused && errorMessage(propose.error, t)}
        </p>
        <HearIt written={written.trim()} reading={reading.trim()} member={member} />
        <p className="quiet">{t.reading.about}</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t.reading.cancel}
          </button>
          <button type="submit" className="button primary" aria-disabled={propose.isPending}>
            {t.reading.use}
          </button>
        </div>
      </form>
    </DialogFrame>
  );
}

/** Lets the member say the word alone. */
function HearIt({
  written,
  reading,
  member,
}: Record<"written" | "reading", string> & { member: number }) {
  const { t } = useLanguage();
  const tryOut = useTryOut();
  const trial = useVoiceRequest(tryOut.data?.id ?? null).data;
  const audioRef = useRef<HTMLAudioElement>(null);
  const audio = trial?.audio;
  const isAtWork = tryOut.isPending || trial?.status === "queued" || trial?.status === "processing";

  useEffect(() => {
    if (!audio || !audioRef.current) return;
    audioRef.current.src = audio;
    audioRef.current.play().catch(() => undefined);
  }, [audio]);

  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={isAtWork || !HANGUL.test(reading)}
        onClick={() => {
          if (!isAtWork && HANGUL.test(reading)) tryOut.mutate({ written, reading, member });
        }}
      >
        <Volume2 aria-hidden="true" />
        {isAtWork ? t.reading.making : t.reading.hear}
      </button>
      {(tryOut.isError || trial?.status === "failed" || trial?.review.message) && (
        <p className="field-error" role="alert">
          {tryOut.isError
            ? errorMessage(tryOut.error, t)
            : (trial?.error?.message ?? trial?.review.message)}
        </p>
      )}
      <audio ref={audioRef} />
    </>
  );
}
