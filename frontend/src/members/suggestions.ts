import type { Member } from "../api/client";

type Suggestion = Member["suggestions"][number];

/** For members who have no sentences of their own yet. The voices speak Korean. */
const FOR_ALL: Suggestion[] = [
  { label: "생일 축하해", label_en: "Happy birthday", text: "생일 축하해! 오늘은 너의 날이야." },
  { label: "잘 자", label_en: "Good night", text: "오늘도 고생했어. 아무 걱정 말고, 푹 자." },
  { label: "힘내", label_en: "Cheer up", text: "힘내. 지금도 충분히 잘하고 있어." },
  { label: "고마워", label_en: "Thank you", text: "오늘도 와 줘서 고마워." },
];

/** Return sentences to start from. */
export function suggestionsOf({ suggestions }: Pick<Member, "suggestions">): Suggestion[] {
  return suggestions.length > 0 ? suggestions : FOR_ALL;
}
