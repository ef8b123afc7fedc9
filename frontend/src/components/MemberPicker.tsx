import { useId } from "react";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { FieldError } from "./FieldError";
import { MemberPortrait } from "./MemberPortrait";

interface MemberPickerProps {
  members: Member[];
  selectedId: number | undefined;
  onSelect: (id: number) => void;
  error: string | undefined;
}

export function MemberPicker({ members, selectedId, onSelect, error }: MemberPickerProps) {
  const { t } = useLanguage();
  const errorId = useId();
  return (
    <fieldset className="member-picker" aria-describedby={errorId}>
      <legend>{t.form.member}</legend>
      {members.length === 0 && <p className="quiet">{t.form.noMembers}</p>}
      <div className="member-cards">
        {members.map((member) => (
          <label key={member.id} className="member-card">
            <input
              type="radio"
              name="member"
              value={member.id}
              checked={member.id === selectedId}
              disabled={!member.has_voice}
              onChange={() => onSelect(member.id)}
            />
            <MemberPortrait member={member} />
            <span className="member-name">{member.name}</span>
            <span className="quiet">{member.has_voice ? member.position : t.form.noVoice}</span>
          </label>
        ))}
      </div>
      <FieldError id={errorId} message={error} />
    </fieldset>
  );
}
