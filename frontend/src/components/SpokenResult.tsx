import type { VoiceRequest } from "../api/client";
import { useLanguage } from "../i18n/LanguageProvider";
import { AudioPlayer } from "./AudioPlayer";
import { useMemberName } from "./useMemberName";

interface SpokenResultProps {
  request: VoiceRequest;
  autoPlay?: boolean;
}

/** What a request became: the sound, once there is one, and what could not be said. */
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
