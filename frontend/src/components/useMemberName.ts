import { useMembers } from "../api/members";
import { useLanguage } from "../i18n/LanguageProvider";

/** The member's name; a word for "member" while it is unknown, or when they have left. */
export function useMemberName(id: number): string {
  const { t } = useLanguage();
  const members = useMembers();
  return members.data?.find((member) => member.id === id)?.name ?? t.request.unknownMember;
}
