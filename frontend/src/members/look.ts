import type { Member } from "../api/client";
import type { Language } from "../i18n/language";

/** The golden angle: the hues of neighbouring ids are far apart. */
const DEGREES_BETWEEN_IDS = 137.5;

/** Return the hue of the member's accent, in degrees (OKLCH). */
export function hueOf({ id, hue }: Pick<Member, "id" | "hue">): number {
  return hue ?? (id * DEGREES_BETWEEN_IDS) % 360;
}

/** What is said of a member, in the language of the page where that is given. */
export function wordsOf(member: Member, language: Language) {
  const either = (korean: string, english: string) =>
    language === "en" && english !== "" ? english : korean;
  return {
    name: either(member.name, member.name_en),
    position: either(member.position, member.position_en),
    tmi: either(member.tmi, member.tmi_en),
    greeting: either(member.greeting, member.greeting_en),
  };
}
