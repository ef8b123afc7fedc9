import { useEffect } from "react";
import { useNavigate, useParams } from "react-router";

import type { Member } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { wordsOf } from "../members/look";
import { change } from "../studio/draft";
import { NotFoundPage } from "./NotFoundPage";
import { StudioPage } from "./StudioPage";

export function MemberPage({ members }: { members: Member[] }) {
  const { language } = useLanguage();
  const { slug } = useParams();
  const navigate = useNavigate();
  const member = members.find((candidate) => candidate.slug === slug);

  const name = member && wordsOf(member, language).name;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · ForV Voices`;
    return () => {
      document.title = "ForV Voices";
    };
  }, [name]);

  if (!member) return <NotFoundPage />;
  return (
    <StudioPage
      members={members}
      member={member}
      hasProfile
      onChoose={(chosen) => {
        change({ member: chosen.id });
        void navigate(`/members/${chosen.slug}`, { preventScrollReset: true });
      }}
    />
  );
}
