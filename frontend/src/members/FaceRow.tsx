import { useEffect, useRef } from "react";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { hueOf, wordsOf } from "./look";
import { Portrait } from "./Portrait";
import "./FaceRow.css";

interface FaceRowProps {
  members: Member[];
  chosen: Member | undefined;
  onChoose: (member: Member) => void;
}

/** All members in a row that can be swiped, to choose one of them. */
export function FaceRow({ members, chosen, onChoose }: FaceRowProps) {
  const { t, language } = useLanguage();
  const rowRef = useRef<HTMLDivElement>(null);

  // The one that was chosen before may lie outside the row's visible part.
  useEffect(() => {
    const row = rowRef.current;
    const face = row?.querySelector<HTMLElement>("label:has(:checked)");
    if (row && face) row.scrollLeft = face.offsetLeft - (row.clientWidth - face.offsetWidth) / 2;
  }, []);

  return (
    <fieldset className="faces">
      <legend className="visually-hidden">{t.studio.member}</legend>
      <div className="face-row" ref={rowRef}>
        {members.map((member) => (
          <label
            key={member.id}
            className="face-choice of-member"
            ref={(label) => label?.style.setProperty("--hue", String(hueOf(member)))}
          >
            <input
              type="radio"
              name="member"
              checked={member.id === chosen?.id}
              disabled={!member.has_voice}
              onChange={() => onChoose(member)}
            />
            <span className="face-ring">
              <Portrait member={member} as="face" />
            </span>
            <span className="face-name">{wordsOf(member, language).name}</span>
            {!member.has_voice && <span className="visually-hidden">{t.studio.noVoice}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
