import { useMembers } from "../api/members";
import { useLanguage } from "../i18n/LanguageProvider";

/** Return the member's name; the word for "member" while it is loading, or if the member is no longer listed. */
export function useMemberName(id: number): string {
  const { t } = useLanguage();
  const members = useMembers();
  return members.data?.find((member) => member.id === id)?.name ?? t.request.unknownMember;
}
