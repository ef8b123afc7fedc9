import { Pause, Play, RefreshCw, Share2, X } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { hueOf, wordsOf } from "../members/look";
import { Portrait } from "../members/Portrait";
import { withoutPauses } from "../studio/pauses";
import { useSpeaking } from "../studio/SpeakingProvider";
import { usePlayer } from "./PlayerProvider";
import { PlayerText } from "./PlayerText";
import { Waveform } from "./Waveform";
import "./PlayerBar.css";

const ShareDialog = lazy(() => import("../share/ShareDialog"));
const DownloadMenu = lazy(() => import("./DownloadMenu"));

/** The player at the bottom of the window, on every page. */
export default function PlayerBar({ members }: { members: Member[] }) {
  const { t, language } = useLanguage();
  const { track, isPlaying, problem, toggle, play, close } = usePlayer();
  const { speak, isSending } = useSpeaking();
  const [isSharing, setSharing] = useState(false);
  const member = members.find(({ id }) => id === track?.member);

  // What lies above the player, such as the button and toasts, keeps clear of it.
  const isThere = track !== undefined;
  useEffect(() => {
    const root = document.documentElement;
    root.style.setProperty("--docked", isThere ? "var(--player)" : "0px");
    return () => root.style.setProperty("--docked", "0px");
  }, [isThere]);

  useEffect(() => {
    if (!track || !("mediaSession" in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: withoutPauses(track.text).trim(),
      artist: member?.name ?? "",
      album: "ForV Voices",
    });
  }, [track, member]);

  if (!track) return null;
  const name = member ? wordsOf(member, language).name : t.unknownMember;

  const anotherTake = () => {
    const { text, speed, readings, member: id } = track;
    speak({ member: id, text, speed, readings, seed: Math.floor(Math.random() * 2 ** 31) });
  };

  return (
    <section
      className="player of-member"
      aria-label={t.player.label}
      ref={(bar) => {
        if (member) bar?.style.setProperty("--hue", String(hueOf(member)));
      }}
    >
      <div className="player-inside">
        {member && <Portrait member={member} as="face" isSpeaking={isPlaying} />}
        <button
          type="button"
          className="player-toggle"
          aria-label={isPlaying ? t.player.pause : t.player.play}
          data-refused={problem === "refused"}
          onClick={toggle}
        >
          {isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
        </button>
        <div className="player-middle">
          <p className="player-text">
            <strong>{name}</strong> <PlayerText key={track.id} request={track} />
          </p>
          {problem && problem !== "refused" ? (
            <p className="player-problem" role="alert">
              {t.player.problems[problem]}
              {problem === "broken" && (
                <button type="button" className="text-button" onClick={() => play(track)}>
                  {t.player.reload}
                </button>
              )}
            </p>
          ) : (
            <Waveform key={track.id} />
          )}
        </div>
        <div className="player-actions">
          <button
            type="button"
            className="icon-button"
            aria-label={t.player.anotherTake}
            title={t.player.anotherTake}
            aria-disabled={isSending}
            onClick={anotherTake}
          >
            <RefreshCw aria-hidden="true" />
          </button>
          {track.audio === null ? (
            // Their places, so that nothing moves when the voice is finished.
            <>
              <span className="icon-button" />
              <span className="icon-button" />
            </>
          ) : (
            <>
              <Suspense fallback={<span className="icon-button" />}>
                <DownloadMenu request={track} />
              </Suspense>
              <button
                type="button"
                className="icon-button"
                aria-label={t.share.title}
                title={t.share.title}
                onClick={() => setSharing(true)}
              >
                <Share2 aria-hidden="true" />
              </button>
            </>
          )}
          <button
            type="button"
            className="icon-button"
            aria-label={t.player.close}
            title={t.player.close}
            onClick={close}
          >
            <X aria-hidden="true" />
          </button>
        </div>
      </div>
      {isSharing && (
        <Suspense>
          <ShareDialog request={track} memberName={name} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </section>
  );
}
