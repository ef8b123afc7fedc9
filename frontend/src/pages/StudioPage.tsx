import { Link } from "react-router";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { FaceRow } from "../members/FaceRow";
import { wordsOf } from "../members/look";
import { Profile } from "../members/Profile";
import { SampleButton } from "../members/SampleButton";
import { Stage } from "../members/Stage";
import { useMemberLook } from "../members/useMemberLook";
import { Studio } from "../studio/Studio";
import { MyVoices } from "../voices/MyVoices";
import "./StudioPage.css";

interface StudioPageProps {
  members: Member[];
  member: Member;
  onChoose: (member: Member) => void;
  /** Show, on a phone too, all that is known of the member. */
  hasProfile?: boolean;
}

/** The stage with the member, the studio, and what was made before. */
export function StudioPage({ members, member, onChoose, hasProfile = false }: StudioPageProps) {
  const { language } = useLanguage();
  const { name, position } = wordsOf(member, language);
  useMemberLook(member);
  return (
    <div className="studio-page" data-profile={hasProfile}>
      <Stage member={member}>
        <Profile member={member} />
      </Stage>
      <div className="studio-column">
        <FaceRow members={members} chosen={member} onChoose={onChoose} />
        <div className="member-line">
          <h1>
            <Link to={`/members/${member.slug}`}>{name}</Link>
          </h1>
          <p className="quiet">{position}</p>
          <SampleButton key={member.id} member={member} isShort />
        </div>
        <Studio member={member} />
      </div>
      <MyVoices members={members} most={hasProfile ? 5 : 8} />
    </div>
  );
}
