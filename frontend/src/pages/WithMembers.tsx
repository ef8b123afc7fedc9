import type { ReactNode } from "react";

import type { Member } from "../api/client";
import { useMembers } from "../api/members";
import { useLanguage } from "../i18n/LanguageProvider";
import { ErrorNotice } from "../layout/ErrorNotice";
import "./WithMembers.css";

/** Shows the page once the members are known; before, what its first screen will have, in grey. */
export function WithMembers({ children }: { children: (members: Member[]) => ReactNode }) {
  const { t } = useLanguage();
  const members = useMembers();
  if (members.data && members.data.length > 0) return children(members.data);
  if (members.data) return <p className="members-none">{t.noMembers}</p>;
  return (
    <div className="members-loading" aria-busy={members.isPending}>
      <p className="visually-hidden">{t.loading}</p>
      {members.isError && (
        <ErrorNotice error={members.error} onTryAgain={() => void members.refetch()} />
      )}
      <div className="grey-faces">
        {[1, 2, 3, 4, 5].map((face) => (
          <span key={face} />
        ))}
      </div>
      <span className="grey-box" />
      <span className="grey-button" />
    </div>
  );
}
