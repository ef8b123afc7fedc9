import { Copy, Send } from "lucide-react";
import { useEffect, useRef } from "react";

import type { VoiceRequest } from "../api/client";
import { useShare, useWithdraw } from "../api/shares";
import { useLanguage } from "../i18n/LanguageProvider";
import { DialogFrame } from "../layout/DialogFrame";
import { ErrorNotice } from "../layout/ErrorNotice";
import { useToast } from "../layout/Toasts";
import { withoutPauses } from "../studio/pauses";
import { QrCode } from "./QrCode";
import "./ShareDialog.css";

interface ShareDialogProps {
  request: VoiceRequest;
  memberName: string;
  onClose: () => void;
}

/** Send a voice to somebody: as a link, through the device's own apps, or as a QR code. */
export default function ShareDialog({ request, memberName, onClose }: ShareDialogProps) {
  const { t } = useLanguage();
  const toast = useToast();
  const { mutate: share, data: given, error } = useShare();
  const withdraw = useWithdraw();
  const linkRef = useRef<HTMLInputElement>(null);

  useEffect(() => share(request.id), [share, request.id]);

  const copy = async (url: string) => {
    linkRef.current?.select();
    try {
      await navigator.clipboard.writeText(url);
      toast({ text: t.share.copied });
    } catch {
      // Pages over plain http may not write there; the link is selected, to be copied by hand.
      toast({ text: t.share.selected });
    }
  };

  return (
    <DialogFrame title={t.share.title} onClose={onClose}>
      {error && <ErrorNotice error={error} onTryAgain={() => share(request.id)} />}
      <div className="share-link">
        <input
          ref={linkRef}
          readOnly
          aria-label={t.share.link}
          value={given?.url ?? ""}
          placeholder={t.loading}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <button
          type="button"
          className="button primary"
          aria-disabled={!given}
          onClick={() => given && void copy(given.url)}
        >
          <Copy aria-hidden="true" />
          {t.share.copy}
        </button>
      </div>
      <div className="share-code">{given && <QrCode text={given.url} label={t.share.code} />}</div>
      <p className="quiet">{t.share.about}</p>
      <div className="dialog-actions">
        {given && (
          <button
            type="button"
            className="text-button share-withdraw"
            onClick={() =>
              withdraw.mutate(given.token, {
                onSuccess() {
                  toast({ text: t.share.withdrawn });
                  onClose();
                },
              })
            }
          >
            {t.share.withdraw}
          </button>
        )}
        {given && "share" in navigator && (
          <button
            type="button"
            className="button"
            onClick={() =>
              void navigator
                .share({
                  title: `${memberName} · ForV Voices`,
                  text: withoutPauses(request.text).trim(),
                  url: given.url,
                })
                .catch(() => undefined)
            }
          >
            <Send aria-hidden="true" />
            {t.share.send}
          </button>
        )}
        <button type="button" className="button" onClick={onClose}>
          {t.share.close}
        </button>
      </div>
    </DialogFrame>
  );
}
