import type { Member } from "../api/client";
import { useStored } from "../stored";
import { change, draft } from "../studio/draft";
import { StudioPage } from "./StudioPage";

export function HomePage({ members }: { members: Member[] }) {
  const [{ member: chosenId }] = useStored(draft);
  const member =
    members.find(({ id, has_voice }) => id === chosenId && has_voice) ??
    members.find(({ has_voice }) => has_voice) ??
    members[0];
  if (!member) return null;
  return (
    <StudioPage members={members} member={member} onChoose={({ id }) => change({ member: id })} />
  );
}
