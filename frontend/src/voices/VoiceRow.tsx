import { Pause, Play, RotateCw, Star } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useNavigate } from "react-router";

import type { Member, VoiceRequest } from "../api/client";
import { useRetryVoiceRequest } from "../api/voiceRequests";
import { isActive, isTakenBack, isUnderReview, statusMessage } from "../api/voiceRequestStatus";
import { useLanguage } from "../i18n/LanguageProvider";
import { useToast } from "../layout/Toasts";
import { hueOf, wordsOf } from "../members/look";
import { Portrait } from "../members/Portrait";
import { usePlayer } from "../player/PlayerProvider";
import { shownTime } from "../player/shownTime";
import { change } from "../studio/draft";
import { withoutPauses } from "../studio/pauses";
import { deleteSoon, undoDeletion } from "./deletions";
import { noteAbout, type Keepsake } from "./keepsakes";
import "./VoiceRow.css";

const ShareDialog = lazy(() => import("../share/ShareDialog"));
const VoiceMenu = lazy(() => import("./VoiceMenu"));

interface VoiceRowProps {
  request: VoiceRequest;
  /** Undefined if the member is no longer listed. */
  member: Member | undefined;
  note: Keepsake | undefined;
}

export function VoiceRow({ request, member, note }: VoiceRowProps) {
  const { t, language } = useLanguage();
  const { track, isPlaying, play, toggle } = usePlayer();
  const toast = useToast();
  const navigate = useNavigate();
  const again = useRetryVoiceRequest(() => undefined);
  const [isSharing, setSharing] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const rowRef = useRef<HTMLLIElement>(null);

  const isInPlayer = track?.id === request.id;
  const isSpeaking = isInPlayer && isPlaying;
  const title = note?.name ?? withoutPauses(request.text).trim();
  const hasFailed = request.status === "failed" || isTakenBack(request);
  const memberName = member ? wordsOf(member, language).name : t.unknownMember;
  const madeAt = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });

  const rename = (name: string) => {
    setRenaming(false);
    noteAbout(request.id, { name: name.trim() === request.text.trim() ? "" : name.trim() });
  };
  const remove = () => {
    // The focus would be lost with the row.
    const next = rowRef.current?.nextElementSibling ?? rowRef.current?.previousElementSibling;
    next?.querySelector("button")?.focus();
    deleteSoon(request.id);
    toast({ text: t.voices.deleted, onUndo: () => undoDeletion(request.id) });
  };
  const reuse = () => {
    const { text, speed, member: id, readings } = request;
    change({ text, speed, member: id, readings });
    void navigate("/");
    scrollTo({ top: 0 });
  };

  return (
    <li
      className="voice-row of-member"
      data-current={isInPlayer}
      ref={(row) => {
        rowRef.current = row;
        if (member) row?.style.setProperty("--hue", String(hueOf(member)));
      }}
    >
      {request.audio ? (
        <button
          type="button"
          className="voice-play"
          aria-label={
            isSpeaking
              ? t.player.pauseThis(memberName, title)
              : t.player.playThis(memberName, title)
          }
          onClick={() => (isInPlayer ? toggle() : play(request))}
        >
          {member && <Portrait member={member} as="face" isSpeaking={isSpeaking} />}
          <span className="voice-play-icon">
            {isSpeaking ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          </span>
        </button>
      ) : (
        <span className="voice-play" data-idle="true">
          {member && <Portrait member={member} as="face" />}
        </span>
      )}
      <div className="voice-words">
        {isRenaming ? (
          <NameField name={note?.name ?? request.text} label={t.voices.name} onDone={rename} />
        ) : (
          <p className="voice-title" lang={note?.name === undefined ? "ko" : undefined}>
            {title}
          </p>
        )}
        <p className="quiet voice-facts" data-failed={hasFailed}>
          {memberName}
          {" · "}
          {request.audio !== null
            ? `${shownTime(request.duration_seconds ?? 0)} · ${madeAt.format(new Date(request.queued_at))}`
            : isActive(request)
              ? t.voices.making
              : isUnderReview(request)
                ? t.voices.reviewed
                : (request.error?.message ?? statusMessage(request, t))}
        </p>
      </div>
      {request.status === "failed" && (
        <button
          type="button"
          className="icon-button"
          aria-label={t.studio.retry}
          onClick={() => again.mutate(request.id)}
        >
          <RotateCw aria-hidden="true" />
        </button>
      )}
      {request.audio && (
        <button
          type="button"
          className="icon-button voice-star"
          aria-pressed={note?.isStarred ?? false}
          aria-label={t.voices.star(title)}
          onClick={() => noteAbout(request.id, { isStarred: !note?.isStarred })}
        >
          <Star aria-hidden="true" />
        </button>
      )}
      <Suspense fallback={<span className="icon-button" />}>
        <VoiceMenu
          label={t.voices.menu(title)}
          onReuse={reuse}
          onShare={request.audio ? () => setSharing(true) : undefined}
          onRename={() => setRenaming(true)}
          onRemove={remove}
        />
      </Suspense>
      {isSharing && (
        <Suspense>
          <ShareDialog
            request={request}
            memberName={memberName}
            onClose={() => setSharing(false)}
          />
        </Suspense>
      )}
    </li>
  );
}

interface NameFieldProps {
  name: string;
  label: string;
  onDone: (name: string) => void;
}

function NameField({ name, label, onDone }: NameFieldProps) {
  const wasLeft = useRef(false);
  return (
    <input
      className="voice-name"
      aria-label={label}
      defaultValue={name}
      maxLength={80}
      ref={(field) => {
        // After the menu has given the focus back to its button.
        const timer = setTimeout(() => {
          field?.focus();
          field?.select();
        });
        return () => clearTimeout(timer);
      }}
      onKeyDown={({ key, currentTarget, nativeEvent }) => {
        if (nativeEvent.isComposing) return;
        if (key === "Escape") currentTarget.value = name;
        if (key === "Enter" || key === "Escape") currentTarget.blur();
      }}
      onBlur={({ currentTarget }) => {
        if (wasLeft.current) return;
        wasLeft.current = true;
        onDone(currentTarget.value);
      }}
    />
  );
}
