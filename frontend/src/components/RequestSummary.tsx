import type { VoiceRequest } from "../api/client";
import { useMemberName } from "./useMemberName";

/** Shows the member and the text of a request. */
export function RequestSummary({ request }: { request: VoiceRequest }) {
  const memberName = useMemberName(request.member);
  return (
    <p className="summary">
      <strong>{memberName}</strong> <q lang="ko">{request.text}</q>
    </p>
  );
}
