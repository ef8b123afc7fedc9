import type { VoiceRequest } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { AudioPlayer } from "./AudioPlayer";
import { useMemberName } from "./useMemberName";

interface SpokenResultProps {
  request: VoiceRequest;
  autoPlay?: boolean;
}

/** Shows a request's audio, once there is one, and the parts of the text that could not be read. */
export function SpokenResult({ request, autoPlay = false }: SpokenResultProps) {
  const { t } = useLanguage();
  const memberName = useMemberName(request.member);
  if (!request.audio) return null;
  return (
    <>
      <AudioPlayer
        src={request.audio}
        label={t.request.player(memberName, request.text)}
        autoPlay={autoPlay}
      />
      {request.dropped.length > 0 && (
        <p className="quiet">
          {t.request.dropped(request.dropped.map(({ text }) => text).join(" "))}
        </p>
      )}
    </>
  );
}
