import type { Member } from "../api/client";

/** Shows the member's picture, or their initial. Hidden from screen readers: the name is always beside it. */
export function MemberPortrait({ member }: { member: Pick<Member, "name" | "picture"> }) {
  return member.picture ? (
    <img className="portrait" src={member.picture} alt="" />
  ) : (
    <span className="portrait" aria-hidden="true">
      {Array.from(member.name)[0]}
    </span>
  );
}
