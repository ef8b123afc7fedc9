import { useState } from "react";

import type { Member } from "../api/client";
import "./Portrait.css";

interface PortraitProps {
  member: Member;
  /** `face`: a circle in a list; `stage`: the whole picture, as large as its place. */
  as: "face" | "stage";
  isSpeaking?: boolean;
}

/** Shows the member's picture, or their initial. Hidden from screen readers: the name is always beside it. */
export function Portrait({ member, as, isSpeaking = false }: PortraitProps) {
  const source = as === "face" ? member.picture_small : member.picture;
  const [missing, setMissing] = useState<string>();
  return (
    <span className={`portrait ${as}`} data-speaking={isSpeaking} aria-hidden="true">
      {source !== null && source !== missing ? (
        <img src={source} alt="" draggable={false} onError={() => setMissing(source)} />
      ) : (
        <span className="initial">{Array.from(member.name)[0]}</span>
      )}
    </span>
  );
}
