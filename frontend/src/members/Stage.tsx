import { useState, type ReactNode } from "react";

import type { Member } from "../api/client";
import { isActive } from "../api/voiceRequestStatus";
import { useLanguage } from "../i18n/LanguageProvider";
import { usePlayer } from "../player/PlayerProvider";
import { useSpeaking } from "../studio/SpeakingProvider";
import { wordsOf } from "./look";
import { Portrait } from "./Portrait";
import { SampleButton } from "./SampleButton";
import "./Stage.css";

interface StageProps {
  member: Member;
  children: ReactNode;
}

/** The member in the light, who breathes in while the voice is made and moves while it is heard. */
export function Stage({ member, children }: StageProps) {
  const { language } = useLanguage();
  const { track, isPlaying } = usePlayer();
  const { request, isSending } = useSpeaking();
  const [isSampling, setSampling] = useState(false);
  const { name, position } = wordsOf(member, language);
  const isSpeaking = isSampling || (isPlaying && track?.member === member.id);
  const isAsked = isSending || (request && isActive(request) && request.member === member.id);
  return (
    <section className="stage" data-state={isSpeaking ? "speaking" : isAsked ? "asked" : "still"}>
      <div className="stage-light" />
      <Portrait key={member.id} member={member} as="stage" isSpeaking={isSpeaking} />
      <div className="stage-words">
        <h1>{name}</h1>
        {position && <p className="stage-position">{position}</p>}
        <SampleButton key={member.id} member={member} onSpeaking={setSampling} />
        {children}
      </div>
    </section>
  );
}
