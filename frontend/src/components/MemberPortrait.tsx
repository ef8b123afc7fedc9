import type { Member } from "../api/client";

/** The member's picture, or their initial. Decorative: the name always stands beside it. */
export function MemberPortrait({ member }: { member: Pick<Member, "name" | "picture"> }) {
  return member.picture ? (
    <img className="portrait" src={member.picture} alt="" />
  ) : (
    <span className="portrait" aria-hidden="true">
      {Array.from(member.name)[0]}
    </span>
  );
}
